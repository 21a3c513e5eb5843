"""What kind of detail a question asks for, and whether a text gives one.

A text may speak of all that a question speaks of and still not answer it: asked for a dose, it gives none. These
are surface patterns of English, wide on the side of the text: a missing detail is told apart from a present one,
not a right one from a wrong one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Detail = Literal[
    "date",
    "number",
    "person",
    "organisation",
    "trial",
    "figure",
    "approval",
    "composition",
    "mutation",
    "population",
    "route",
    "software",
    "stage",
]


@dataclass(frozen=True, slots=True)
class _Patterns:
    asked: re.Pattern[str]
    given: re.Pattern[str]


_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_COUNTED = (
    "dose|doses|dosage|percentage|percent|proportion|fraction|rates?|concentrations?|levels?|number|frequency|"
    "half-life|duration|cost|price|age|size|length|ratio|odds"
)
_NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|twelve|half|dozen|hundred|thousand|million|once|twice"

_PEOPLE = (
    "men|women|man|woman|males?|females?|sex|sexes|gender|boys|girls|child|children|infants?|newborns?|adolescents?|"
    "elderly|pregnan\\w*|age groups?"
)

_KINDS: Mapping[Detail, _Patterns] = {
    "date": _Patterns(
        re.compile(
            r"(?:^\W*|[,;] (?:and )?|\band )(?:since |until )?when (?:was|were|did|does|do|is|are|will|has)\b|"
            r"\b(?:which|what) (?:\w+ )?(?:year|month|date|day)\b",
            re.I,
        ),
        re.compile(rf"\b(?:1[89]|20)\d\d\b|\b(?:{_MONTH})\b"),
    ),
    "number": _Patterns(
        re.compile(
            rf"\bhow (?:many|much|often|long|high|large|far|old|frequent\w*)\b|"
            rf"\b(?:what|which) (?:[\w-]+ ){{0,2}}?(?:{_COUNTED})\b|\bhalf-life\b",
            re.I,
        ),
        # A number that is no part of a name such as IL-2, nor a reference mark such as [3] or (12, 13).
        re.compile(
            rf"(?<![\w.,/\[(–-])\d[\d,.]*(?![\w–-]|[\d,; –-]*[\])])|\d ?(?:%|per ?cent|mg|µg|μg|kg|ml|-?fold)|"
            rf"\d (?:to|or|and|of) \d|\b(?:{_NUMBER_WORDS})\b",
            re.I,
        ),
    ),
    "person": _Patterns(
        re.compile(r"\b[Ww]hom?\b"),
        re.compile(r"\b[A-Z][\w'’-]+(?: [A-Z]\.?)* [A-Z][\w'’-]+|\bet al\b|@"),
    ),
    "organisation": _Patterns(
        re.compile(r"\b(?:compan(?:y|ies)|manufactur\w+|sponsor\w*|paid for|fund(?:s|ed|er|ers|ing)|employer)\b", re.I),
        re.compile(
            r"\b(?:Inc|Ltd|LLC|GmbH|AG|Corp\w*|Pharma\w*|Therapeutics|Biotech\w*|Biosciences|Foundation|Institutes?|"
            r"Universit\w+|Ministry|Council)\b|\b(?:fund(?:s|ed|ing)|grants?|sponsor\w*|manufactur\w+|compan(?:y|ies))\b"
        ),
    ),
    "trial": _Patterns(
        re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}?(?:trials?)\b|\bname of the (?:trial|study)\b", re.I),
        re.compile(r"\bNCT ?\d{6,}|\b[A-Z][A-Z-]{3,}\d*(?:-\d+)? (?:trial|study)|\b(?i:phase) (?:I|1|2|3)"),
    ),
    "figure": _Patterns(
        re.compile(r"\b(?:figure|fig\.?|table|box|panel) ?\d", re.I),
        re.compile(r"\b(?:figure|fig\.?|table|box|panel) ?\d", re.I),
    ),
    "approval": _Patterns(
        re.compile(r"\b(?:approved|approval|licen[cs]ed|authori[sz]ed|marketed|on the market)\b", re.I),
        re.compile(r"\b(?:approv\w*|licen[cs]ed|authori[sz]\w*|marketed|on the market)\b|\b(?-i:FDA|EMA)\b", re.I),
    ),
    "composition": _Patterns(
        re.compile(
            r"\b(?:made|composed|built) (?:up )?(?:of|from)\b|\bconsists? of\b|\b(?:composition|ingredients?)\b", re.I
        ),
        re.compile(
            r"\b(?:made|composed|built|formed|derived|prepared|constructed) (?:up )?(?:of|from|with)\b|"
            r"\b(?:consist|compris|contain|component|composition|ingredient)\w*",
            re.I,
        ),
    ),
    "mutation": _Patterns(
        re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}?(?:mutations?|polymorphisms?|alleles?|genotypes?)\b", re.I),
        re.compile(r"\b(?i:mutat|polymorph|allel|genotyp)\w*|\b[A-Z]\d{2,4}[A-Z]\b|\brs\d{3,}"),
    ),
    "population": _Patterns(
        re.compile(rf"\b(?:{_PEOPLE})\b", re.I),
        re.compile(rf"\b(?:{_PEOPLE}|p(?:a)?ediatric|maternal|aged|years? old|years of age|age)\b", re.I),
    ),
    "route": _Patterns(
        re.compile(
            r"\b(?:inject(?:ed|ions?)|infus(?:ed|ions?)|intraven\w+|subcutan\w+|under the skin|by mouth|orally|inhaled|"
            r"route of administration)\b",
            re.I,
        ),
        re.compile(
            r"\b(?:inject|infus|inhal|subcutan|intra(?:ven|musc|tumou?r|perit|nas|derm|vesic))\w*|\boral(?:ly)?\b|"
            r"\bby mouth\b|\btopical\w*|\broutes?\b|"
            r"\b(?:local|systemic|regional) (?:administration|delivery|therapy)\b",
            re.I,
        ),
    ),
    "software": _Patterns(
        re.compile(
            r"\bsoftware\b|\b(?:which|what) (?:[\w-]+ ){0,2}?(?:tools?|packages?|programs?|algorithms?)\b", re.I
        ),
        re.compile(
            r"\b(?:software|packages?|programs?|algorithms?|tools?|toolkit|pipeline|v(?:ersion|\.) ?\d[\d.]*)\b", re.I
        ),
    ),
    "stage": _Patterns(
        re.compile(r"\b(?:which|what) (?:[\w-]+ ){0,2}?(?:stages?|grades?)\b", re.I),
        re.compile(r"\b(?:stages?|grades?|early|late|advanced|onset|progression|metasta\w*)\b", re.I),
    ),
}


def asked_details(question: str) -> list[Detail]:
    """The kinds of detail that a question asks for; often none.

    >>> asked_details("At what dose is IL-2 toxic, and when was it approved?")
    ['date', 'number', 'approval']
    """
    return [detail for detail, patterns in _KINDS.items() if patterns.asked.search(question)]


def gives(detail: Detail, text: str) -> bool:
    """Whether a text gives any detail of that kind.

    >>> gives("number", "IL-2 acts on T cells [3]."), gives("number", "About 15% of patients respond.")
    (False, True)
    """
    return _KINDS[detail].given.search(text) is not None
