"""What kind of detail a question asks for, and whether a text gives one.

A text may speak of all that a question speaks of and still not answer it: asked for a dose, it gives none. These
are surface patterns of English, wide on the side of the text: a missing detail is told apart from a present one,
not a right one from a wrong one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

AnswerType = Literal[
    "date",
    "number",
    "dose",
    "duration",
    "percentage",
    "age",
    "temperature",
    "cost",
    "comparison",
    "person",
    "author",
    "editor",
    "funding",
    "company",
    "version",
    "trial",
    "figure",
    "approval",
    "composition",
    "mutation",
    "population",
    "pregnancy",
    "route",
    "software",
    "stage",
]


@dataclass(frozen=True)
class _Pattern:
    """A pattern that is compiled when it is first looked for, as a question asks for few kinds of detail."""

    pattern: str
    flags: int = 0

    @cached_property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        return re.compile(self.pattern, self.flags).search


@dataclass(frozen=True, slots=True)
class _Patterns:
    asked: _Pattern
    given: _Pattern


_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_COUNTED = (
    "dose|doses|dosage|percentage|percent|proportion|fraction|rates?|concentrations?|levels?|number|frequency|"
    "half[- ]life|duration|cost|price|age|size|length|ratio|odds"
)
_NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|twelve|half|dozen|hundred|thousand|million|once|twice"

_TIME = "seconds?|secs?|minutes?|mins?|hours?|h|hrs?|days?|weeks?|months?|years?|decades?"
_COMPARATIVES = (
    "better|worse|safer|quicker|faster|slower|stronger|weaker|cheaper|higher|lower|greater|larger|bigger|smaller|longer|"
    "shorter|earlier|sooner|older|younger|easier|harder|deadlier|commoner|likelier|milder|(?:more|less|fewer) [\\w-]+"
)
_PEOPLE = (
    "men|women|man|woman|males?|females?|sex|sexes|gender|boys|girls|child|children|infants?|newborns?|adolescents?|"
    "elderly|pregnan\\w*|age groups?"
)

_KINDS: Mapping[AnswerType, _Patterns] = {
    "date": _Patterns(
        _Pattern(
            r"(?:^\W*|[,;] (?:and )?|\band )(?:since |until )?when (?:was|were|did|has|have|had)\b|"
            r"\b(?:which|what) (?:\w+ )?(?:year|month|date|day)\b",
            re.I,
        ),
        _Pattern(rf"\b(?:1[89]|20)\d\d\b|\b(?:{_MONTH})\b"),
    ),
    "number": _Patterns(
        _Pattern(
            rf"\bhow (?:many|much|often|long|high|large|far|old|frequent\w*)\b|"
            rf"\b(?:what|which) (?:[\w-]+ ){{0,2}}?(?:{_COUNTED})\b|\bhalf[- ]life\b",
            re.I,
        ),
        # A number that is no part of a name such as IL-2, nor a reference mark such as [3] or (12, 13).
        _Pattern(
            rf"(?<![\w.,/\[(–-])\d[\d,.]*(?![\w–-]|[\d,; –-]*[\])])|\d ?(?:%|per ?cent|mg|µg|μg|kg|ml|-?fold)|"
            rf"\d (?:to|or|and|of) \d|\b(?:{_NUMBER_WORDS})\b",
            re.I,
        ),
    ),
    "dose": _Patterns(
        _Pattern(
            r"\b(?:what|which|how (?:much|high|large)|right|usual|recommended|safe|starting|maximum|"
            r"prescribe|recommend)\b[^?.]{0,40}(?<!-)\bdos(?:es?|age|ing)\b",
            re.I,
        ),
        _Pattern(r"\d ?(?:mg|µg|μg|mcg|g|kg|ml|IU|MIU|units?|MBq|Gy|tablets?|drops?)\b", re.I),
    ),
    "duration": _Patterns(
        _Pattern(rf"\bhow long\b|\bduration\b|\bhalf[- ]li(?:fe|ves)\b|\bhow many (?:{_TIME})\b", re.I),
        # Other lengths too, which "how long" asks for as well.
        _Pattern(
            rf"(?:\d[- ]?|\b(?:{_NUMBER_WORDS}|one|several|few|an?|many|some)[- ])(?:to \w+ )?(?:{_TIME})\b|"
            r"\b(?:overnight|life-?long|lifetime|permanent\w*|indefinite\w*|immediate\w*|short-lived|"
            r"half[- ]li(?:fe|ves)|throughout|until)\b|"
            r"\d ?(?:amino acids|residues|nucleotides|base pairs|bp|kb|nt|m|cm|mm|µm|μm|nm)\b",
            re.I,
        ),
    ),
    "percentage": _Patterns(
        _Pattern(r"\b(?:percentage|percent|per cent|proportion|fraction|what share)\b", re.I),
        _Pattern(
            r"%|\bper ?cent\w*|\b\d+ (?:in|of|out of) (?:the )?(?:every )?\d+|"
            r"\b(?:half|thirds?|quarter|majority|most|proportion|fraction|one in)\b",
            re.I,
        ),
    ),
    "age": _Patterns(
        _Pattern(r"\bhow old\b|\b(?:what|which) age\b|\bages?\b", re.I),
        _Pattern(
            r"\b(?:age[ds]?|(?:years?|months?) old|birth|born|childhood|adolescen\w*|adult\w*|infan\w*|elderly|"
            r"newborn\w*)\b",
            re.I,
        ),
    ),
    "temperature": _Patterns(
        _Pattern(r"\btemperatures?\b|\bhow (?:hot|cold|warm)\b", re.I),
        _Pattern(r"\d ?[°º]|\bdegrees?\b|\btemperatur\w*", re.I),
    ),
    "cost": _Patterns(
        _Pattern(r"\b(?:costs?|price[ds]?|cheap\w*|expensive|afford\w*|insur\w*|reimburs\w*)\b", re.I),
        _Pattern(
            r"[$€£¥]|\b(?:costs?|costly|price\w*|cheap\w*|expens\w*|afford\w*|insur\w*|reimburs\w*|USD|dollars?|"
            r"euros?|econom\w*)\b",
            re.I,
        ),
    ),
    "comparison": _Patterns(
        _Pattern(rf"\b(?:{_COMPARATIVES})\b[^?,;]{{0,60}}? than\b|\bsuperior to\b|\boutperform\w*", re.I),
        _Pattern(
            r"\bthan\b|\bcompar(?:ed|ison|able)\b|\bversus\b|\bvs\b|"
            r"\b(?:superior|inferior|equivalent|equally|outperform\w*)\b",
            re.I,
        ),
    ),
    "person": _Patterns(
        # Who somebody is, rather than what kind of people are at risk or should do something.
        _Pattern(
            r"(?:^\W*|[,;:?] |\b(?:and|by|to|from|with|of) )[Ww]hom?\b"
            r"(?! (?:(?:is|are)(?! the\b)|should|can|could|may|might|must|ought|needs?|gets?)\b)"
        ),
        _Pattern(r"\b[A-Z][\w'’-]+(?: [A-Z]\.?)* [A-Z][\w'’-]+|\bet al\b|@"),
    ),
    "author": _Patterns(
        _Pattern(
            r"\b(?:(?:first|last|senior|lead|corresponding|who are the|how many) authors?|wrote|written by|"
            r"(?:conflicts? of|competing) interests?|affiliat\w*)\b",
            re.I,
        ),
        _Pattern(r"\b(?:authors?|wrote|written|conflicts?|competing|correspond\w*|affiliat\w*|department|we)\b", re.I),
    ),
    "editor": _Patterns(
        _Pattern(r"\b(?:edited|editors?|peer[- ]?review\w*|referees?)\b", re.I),
        _Pattern(r"\b(?:edited|editors?|reviewed by|reviewers?|referees?)\b", re.I),
    ),
    "funding": _Patterns(
        _Pattern(
            r"\b(?:who|whom|which|what)\b[^?]*\b(?:fund(?:s|ed|ers?|ing)|sponsor\w*|grants?|financ(?:ed|es|ing)|"
            r"(?:paid|pays) for)\b",
            re.I,
        ),
        _Pattern(r"\b(?:fund(?:s|ed|ers?|ing)|grants?|sponsor\w*|supported by|financ\w+|paid (?:for )?by)\b", re.I),
    ),
    "company": _Patterns(
        _Pattern(
            r"\b(?:compan(?:y|ies)|manufactur(?:er|ers|es|ed)|brands?|trade names?|employer)\b",
            re.I,
        ),
        _Pattern(
            r"\b(?:Inc|Ltd|LLC|GmbH|AG|Corp\w*|Pharma\w*|Therapeutics|Biotech\w*|Biosciences)\b|"
            r"\b(?i:manufactur(?:ers?|ed by)|compan(?:y|ies)|brand\w*|trade names?)\b|[®™]"
        ),
    ),
    "version": _Patterns(
        _Pattern(r"\b(?:last updated|updated|revised|latest version|edition)\b", re.I),
        _Pattern(r"\b(?:update[ds]?|revis\w+|version|edition)\b", re.I),
    ),
    "trial": _Patterns(
        _Pattern(r"\b(?:which|what) (?:[\w-]+ ){0,2}?(?:trials?)\b|\bname of the (?:trial|study)\b", re.I),
        _Pattern(r"\bNCT ?\d{6,}|\b[A-Z][A-Z-]{3,}\d*(?:-\d+)? (?:trial|study)|\b(?i:phase) (?:I|1|2|3)"),
    ),
    "figure": _Patterns(
        _Pattern(r"\b(?:figure|fig\.?|table|box|panel) ?\d", re.I),
        _Pattern(r"\b(?:figure|fig\.?|table|box|panel) ?\d", re.I),
    ),
    "approval": _Patterns(
        _Pattern(r"\b(?:approved|approval|licen[cs]ed|authori[sz]ed|marketed|on the market)\b", re.I),
        _Pattern(r"\b(?:approv\w*|licen[cs]ed|authori[sz]\w*|marketed|on the market)\b|\b(?-i:FDA|EMA)\b", re.I),
    ),
    "composition": _Patterns(
        _Pattern(
            r"\b(?:made|composed|built) (?:up )?(?:of|from)\b|\bconsists? of\b|\b(?:composition|ingredients?)\b", re.I
        ),
        _Pattern(
            r"\b(?:made|composed|built|formed|derived|prepared|constructed) (?:up )?(?:of|from|with)\b|"
            r"\b(?:consist|compris|contain|component|composition|ingredient)\w*",
            re.I,
        ),
    ),
    "mutation": _Patterns(
        _Pattern(r"\b(?:which|what) (?:[\w-]+ ){0,2}?(?:mutations?|polymorphisms?|alleles?|genotypes?)\b", re.I),
        _Pattern(r"\b(?i:mutat|polymorph|allel|genotyp)\w*|\b[A-Z]\d{2,4}[A-Z]\b|\brs\d{3,}"),
    ),
    "population": _Patterns(
        _Pattern(rf"\b(?:{_PEOPLE})\b", re.I),
        _Pattern(rf"\b(?:{_PEOPLE}|p(?:a)?ediatric|maternal|aged|years? old|years of age|age)\b", re.I),
    ),
    "pregnancy": _Patterns(
        _Pattern(r"\bpregnan\w*|\bbreast-?feed\w*|\bnursing mothers?\b", re.I),
        _Pattern(
            r"\b(?:pregnan|breast-?feed|matern|mother|fetus|fetal|foet|unborn|gestation|prenatal)\w*|\bnursing\b", re.I
        ),
    ),
    "route": _Patterns(
        _Pattern(
            r"\b(?:inject(?:ed|ions?)|infus(?:ed|ions?)|intraven\w+|subcutan\w+|under the skin|by mouth|orally|inhaled|"
            r"route of administration)\b",
            re.I,
        ),
        _Pattern(
            r"\b(?:inject|infus|inhal|subcutan|intra(?:ven|musc|tumou?r|perit|nas|derm|vesic))\w*|\boral(?:ly)?\b|"
            r"\bby mouth\b|\btopical\w*|\broutes?\b|"
            r"\b(?:local|systemic|regional) (?:administration|delivery|therapy)\b",
            re.I,
        ),
    ),
    "software": _Patterns(
        _Pattern(r"\bsoftware\b|\b(?:which|what) (?:[\w-]+ ){0,2}?(?:tools?|packages?|programs?|algorithms?)\b", re.I),
        _Pattern(
            r"\b(?:software|packages?|programs?|algorithms?|tools?|toolkit|pipeline|v(?:ersion|\.) ?\d[\d.]*)\b", re.I
        ),
    ),
    "stage": _Patterns(
        _Pattern(r"\b(?:which|what) (?:[\w-]+ ){0,2}?(?:stages?|grades?)\b", re.I),
        _Pattern(r"\b(?:stages?|grades?)\b(?! of)|\b(?:early|late|advanced|onset)\b", re.I),
    ),
}


def asked_types(question: str) -> list[AnswerType]:
    """The kinds of detail that a question asks for; often none.

    >>> asked_types("At what dose is IL-2 toxic, and when was it approved?")
    ['date', 'number', 'dose', 'approval']
    """
    return [detail for detail, patterns in _KINDS.items() if patterns.asked.search(question)]


def gives(detail: AnswerType, text: str) -> bool:
    """Whether a text gives any detail of that kind.

    >>> gives("number", "IL-2 acts on T cells [3]."), gives("number", "About 15% of patients respond.")
    (False, True)
    """
    return _KINDS[detail].given.search(text) is not None
