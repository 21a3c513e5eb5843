"""Find an article's title, its metadata and the web page's own text among the paragraphs.

The tables below are all the knowledge used. A pattern is matched from the start of one paragraph, and its named groups
are fields of the Document. Nothing is inferred beyond what a pattern finds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from qa.readers.blocks import Block, standard_role

Fields = dict[str, Any]


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


# Boilerplate of web pages: never part of the article, never evidence.
_BOILERPLATE = _compiled(
    (
        r"select one of your e-?mails",
        r"you have multiple e-?mails",
        r"notify me\b",
        r"please enter your e-?mail",
        r"if you already have an account",
        r"you (?:don.t|do not) have an? .*account",
        r"(?:log|sign) ?(?:in|up|out)\b.{0,40}$",
        r"(?:please )?(?:create|register for) an? .*account",
        r"this article is part of the research topic",
        r"view all \d* ?articles",
        r"disclaimer:",
        r"publisher.s note\b",
        r"all claims expressed in this article",
        r"(?:we use|this (?:web)?site uses) cookies",
        r"(?:accept|manage|reject)(?: all)? cookies",
        r"(?:share|tweet|e-?mail|print|download|export|save)(?: (?:this|on|to|as|via|article|pdf)\b.{0,40})?$",
        r"(?:subscribe|newsletter|advertisement|back to top|skip to (?:main )?content)\b.{0,40}$",
        r"sha: [0-9a-f]{40}$",
    )
)

_MONTH = "(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\\.?"
_DAY = rf"(?:\d{{1,2}} {_MONTH}|{_MONTH}(?: \d{{1,2}},)?)"

# How a notice names the work that it is about, and the terms of use.
_WORK = "(?:article|paper|work|content|text|chapter|book|document|manuscript|preprint|abstract|publication)s?"
_UNDER_LICENCE = (
    r"(?:licen[cs]ed|distributed|published|released|made available|available|shared) (?:by .{1,60} )?under .{0,80}"
    r"(?:\blicen[cs]e\b|creative commons|\bcc[ -]by\b|\bcc0\b|public domain)"
)

# Metadata in the article. The first paragraph that gives a field wins.
_FRONT = _compiled(
    (
        r"authors?: *(?P<authors>.+)",
        r"title: *(?P<title>.+)",
        r"journal: *(?P<journal>.+)",
        r"(?:(?:publication )?date|published(?: online)?): *.*?\b(?P<year>(?:19|20)\d\d)\b",
        rf"published(?: online)? (?:on )?(?:{_DAY} )?(?P<year>(?:19|20)\d\d)(?:-\d\d-\d\d)?\.?$",
        r"doi: *(?:https?://(?:dx\.)?doi\.org/)?(?P<doi>10\.\d{4,9}/\S+)",
        r"pmid: *(?P<pmid>\d+)",
        r"pmcid: *(?P<pmcid>PMC\d+)",
        r"licen[cs]e: *(?P<licence>.+)",
        r"key ?words?: *(?P<keywords>.+)",
        r"(?:copyright:? *)?(?:©|\(c\)) *(?P<year_of_copyright>(?:19|20)\d\d)\b",
        r"copyright:? *(?P<year_of_copyright>(?:19|20)\d\d)\b",
        r"(?:copyright:?|©|\(c\))(?: *(?:copyright|©|\(c\)))? *(?:the )?(?:authors?|publisher)\b",
        r"the copyright holder (?:for|of|has)\b",
        r"(?:copyright\b|©|\(c\)).{0,300}\ball rights reserved",
        r"all rights reserved\b",
        rf"(?:open access[.:]? *)?(?:this|the) (?:\w+ ){{0,2}}{_WORK} is (?:an )?open[- ]access\b",
        rf"(?:open access[.:]? *)?this is an open[- ]access {_WORK}\b",
        rf"(?:open access[.:]? *)?(?:it|(?:this|the) (?:\w+ ){{0,2}}{_WORK}) (?:is|was|are|has been) {_UNDER_LICENCE}",
        _UNDER_LICENCE,
        r"(?:received|accepted|revised):.*\b(?P<year_of_acceptance>(?:19|20)\d\d)\b",
        r"(?:source|url|link): *(?P<url>https?://\S+)",
        r"(?P<url>https?://\S+)$",
        r"pmc\b.*\bdoi\b",
        r"\*? ?correspondence:",
        r"sec\. ",
        r"(?:[a-z -]+ )?(?:review|research|report|article|case report|perspective) article$",
        r"(?P<journal>(?-i:(?:[A-Z][a-z]+\. ?){2,5}))$",
    )
)

# Fields that may be anywhere within a paragraph already known as front matter.
_WITHIN_FRONT = _compiled(
    (
        r"\bdoi:? *(?:https?://(?:dx\.)?doi\.org/)?(?P<doi>10\.\d{4,9}/[^\s·|]+)",
        r"https?://(?:dx\.)?doi\.org/(?P<doi>10\.\d{4,9}/\S+)",
        r"\b(?P<pmcid>PMC\d{4,})\b",
        r"\bpmid:? *(?P<pmid>\d{4,})",
        r"\b(?P<year>(?:19|20)\d\d)-\d\d-\d\d\b",
        r"\b(?P<licence>(?-i:CC[ -]BY(?:-(?:NC|ND|SA))*(?: \d\.\d)?|CC0))\b",
        # Bounded, because the words may repeat throughout a paragraph of megabytes without a full stop.
        r"copyright:? *©? *\d{4} (?P<authors>(?-i:[A-Z])(?=[^.]{0,500}?(?: and |, )[^.])[^.]{1,1000})\.",
    )
)

_CC_ADDRESS = re.compile(r"creativecommons\.org/licenses/(by(?:-(?:nc|nd|sa))*)(?:/(\d\.\d))?", re.IGNORECASE)
_SPLIT_NAMES = re.compile(r"\s*;\s*|\s*,\s*(?:and\s+)?|\s+and\s+")
_SENTENCE_LIKE = re.compile(r"[.!?][\"'”’)\]]*$")
_FIRST_PARAGRAPH_LENGTH = 150
_TITLE_LENGTH = 300


def annotate(blocks: Sequence[Block]) -> tuple[list[Block], Fields]:
    """Give each block its role, remove the title from the section paths, and collect the fields.

    Everything before the first paragraph of prose that is not boilerplate is front matter.
    """
    fields: Fields = {}
    judged = [
        block if listed or block.role != "body" else _judge(block, fields)
        for block, listed in zip(blocks, _in_references(blocks), strict=True)
    ]
    opening = next((i for i, block in enumerate(judged) if _opens_article(block)), len(judged))
    title = next((i for i in range(opening) if _title_like(judged[i])), None)
    if title is not None:
        fields.setdefault("title", judged[title].text)
        judged[title] = replace(judged[title], level=0, role="front")
    for i in range(opening):
        if judged[i].level == 0 and judged[i].role == "body":
            judged[i] = replace(judged[i], role="front")
    return judged, _tidy(fields)


def is_front_matter(text: str) -> bool:
    """Whether a paragraph gives a metadata field or is boilerplate of a web page."""
    return any(pattern.match(text) for pattern in (*_FRONT, *_BOILERPLATE))


def _in_references(blocks: Sequence[Block]) -> list[bool]:
    """For each block, whether it is in a list of references. Metadata there is about other articles."""
    found, level = [], 0
    for block in blocks:
        if block.level and (not level or block.level <= level):
            level = block.level if standard_role(block.text) == "references" else 0
        found.append(level > 0)
    return found


def _judge(block: Block, fields: Fields) -> Block:
    if any(pattern.match(block.text) for pattern in _BOILERPLATE):
        return replace(block, level=0, role="boilerplate")
    matches = [match for pattern in _FRONT if (match := pattern.match(block.text))]
    if not matches:
        return block
    within = [match for pattern in _WITHIN_FRONT if (match := pattern.search(block.text))]
    for match in matches + within:
        for name, value in match.groupdict().items():
            fields.setdefault(name, value)
    return replace(block, level=0, role="front")


def _opens_article(block: Block) -> bool:
    """Whether the article itself begins here: a usual heading, or a paragraph of prose."""
    if block.level:
        return standard_role(block.text) is not None
    prose = len(block.text) >= _FIRST_PARAGRAPH_LENGTH and _SENTENCE_LIKE.search(block.text)
    return block.role == "body" and bool(prose)


def _title_like(block: Block) -> bool:
    words = block.text.split()
    return (
        block.role == "body"
        and len(words) >= 2
        and len(block.text) <= _TITLE_LENGTH
        and not block.text.endswith((".", ":", ",", ";"))
    )


def _tidy(fields: Fields) -> Fields:
    """The fields converted to the Document's types."""
    tidy = {name: value for name, value in fields.items() if not name.startswith("year")}
    years = [fields[name] for name in ("year", "year_of_copyright", "year_of_acceptance") if name in fields]
    if years:
        tidy["year"] = int(years[0])
    if "authors" in tidy:
        tidy["authors"] = split_names(tidy["authors"])
    if "keywords" in tidy:
        tidy["keywords"] = split_keywords(tidy["keywords"])
    for name in ("doi", "url", "journal"):
        if name in tidy:
            tidy[name] = tidy[name].rstrip(",; ") if name == "journal" else tidy[name].rstrip(".,;")
    return {name: value for name, value in tidy.items() if value}


def split_names(listed: str) -> tuple[str, ...]:
    """Names in a list, separated by semicolons; if there are none, by commas and "and".

    >>> split_names("Doe, Jane A.; Roe, Rick")
    ('Doe, Jane A.', 'Roe, Rick')
    >>> split_names("Jane Doe, Rick Roe and Ann Poe.")
    ('Jane Doe', 'Rick Roe', 'Ann Poe')
    """
    if ";" in listed:
        return tuple(name.strip() for name in listed.split(";") if name.strip())
    return tuple(name for name in _SPLIT_NAMES.split(listed.strip().rstrip(". ")) if name)


def split_keywords(listed: str) -> tuple[str, ...]:
    """Keywords in a list, separated by semicolons or commas.

    >>> split_keywords("IL-2; safety and efficacy, TNF.")
    ('IL-2', 'safety and efficacy', 'TNF')
    """
    return tuple(word.strip() for word in re.split("[;,]", listed.rstrip(".")) if word.strip())


def creative_commons(text: str) -> str | None:
    """The short name of the Creative Commons licence whose address is in the text, else None.

    >>> creative_commons("see https://creativecommons.org/licenses/by-nc/4.0/")
    'CC BY-NC 4.0'
    """
    address = _CC_ADDRESS.search(text)
    return f"CC {address[1].upper()} {address[2] or ''}".strip() if address else None
