"""Find an article's list of references, and its authors' declarations at the end.

A list of references is found by its heading. If the heading is missing or merged with other words, the form of the
entries is used.
"""

import re
from collections.abc import Sequence

from qa.readers.blocks import Block, standard_role
from qa.readers.pdf.wording import is_prose

_YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")
_LABEL = re.compile(r"\W*\d{1,3}\W+")
_AUTHOR = re.compile(
    r"\W*(?:\d{1,3}[\].)]?\s*)?(?:(?:van|von|de|del|della|di|da|dos|el|al|la|le|ter|ten|d)[ '’-])*"
    r"[A-ZÀ-Ž][\w'’‐-]+(?:[ -][A-ZÀ-Ž][\w'’‐-]+){0,2},?\s+(?:[A-ZÀ-Ž]\.?[ -]?){1,4}(?=[,;.&:( ]|$)"
)
_LOCATOR = re.compile(
    r"\d+\s*(?:\([^)]{1,20}\))?\s*[:,;]\s*(?:pp?\.?\s*)?[A-Za-z]?\d+(?:\s*[-–—]\s*[A-Za-z]?\d+)?|\bpp?\.\s*\d+|"
    r"\bdoi\b|https?://|\bPMID\b|\bEd(?:s|itors?)?[.)]|\bPress\b|\bISBN\b|\bthesis\b",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\b[A-ZÀ-Ž][\w'’-]+,? (?:[A-Z]\.?[- ]?){1,3}(?=[,;.&]|\s(?:and|et)\b)")
_REFERENCES = re.compile(
    r"(?:.{0,60}\s)?(?:references?(?: and notes)?|bibliography|literature(?: cited)?|works cited|reference list)\s*"
    r"[:.]?",
    re.IGNORECASE,
)
_DECLARATIONS = (
    r"acknowledge?ments?",
    r"funding(?:/support)?(?: (?:sources?|statement|information))?",
    r"financial (?:support|disclosures?)",
    r"(?:declarations? of )?(?:conflicts?|competing|conflicting)(?: of)?(?: financial)? interests?(?: statements?)?",
    r"disclosures?(?: statements?)?",
    r"author(?:s|ship|s?['’]s?)?\s*(?:contributions?|information|details|note)",
    r"contributors?|contributorship",
    r"(?:data )?(?:availability|accessibility)(?: (?:of|statement).{0,30})?",
    r"data (?:sharing|archiving)(?: statement)?",
    r"supplement(?:ary|al) (?:materials?|data|information)|supporting information",
    r"additional (?:files?|information)",
    r"appendix|abbreviations|footnotes|notes?",
    r"consent(?: for publication)?",
    r"ethic(?:s|al)(?: (?:statement|standards?|approval.{0,40}))?",
    r"declarations?|disclaimer|sponsors?|guarantor",
    r"patient(?: and public)? (?:involvement|consent).{0,20}",
    r"provenance and peer review|open (?:access|peer review.*)",
    r"orcid(?: ids?)?|publisher['’]?s? note",
    r"grant (?:information|support)|role of the funding source",
    r"trial registration",
    r"(?:current )?referee (?:report|status).*|reviewer.{0,20}",
    r"author biograph.*|about the authors?|how to cite.*",
)
"""Headings of declarations by authors and publishers at an article's end."""
_DECLARED = re.compile(rf"\W{{0,2}}(?:\d+\.?\s*)?(?:{'|'.join(_DECLARATIONS)})")
_HEADING = re.compile(_DECLARED.pattern + r"\s*[:.]?", re.IGNORECASE)
_SURE_HEADING = re.compile(rf"(?:{'|'.join(_DECLARATIONS[:8])}|grant information)\s*[:.]?", re.IGNORECASE)
_REVIEWS = re.compile(r"(?:open )?peer review|referee (?:report|status)", re.IGNORECASE)
_RUN_IN = re.compile(_DECLARED.pattern + r"\s*(?:[:.—–]|(?=\s[A-Z]))", re.IGNORECASE)
_NOT_RUN_IN = re.compile(r"\W{0,2}(?:notes?|consent|appendix|footnotes|abbreviations)\b", re.IGNORECASE)
_APPENDED = re.compile(
    r"\W{0,2}(?:[A-Z\d]{1,2}\.? )?(?:append|supplement|methods?|materials|experimental|online|figure|table)", re.I
)
_FEW = 3
_SHARE = 0.6
_REACH = 6
_PROSE = 150
_END = 0.6
_SURE_END = 0.25
_SURELY_LISTED = 4
_EARLIEST_LIST = 0.3


def part_sections(blocks: Sequence[Block]) -> list[str]:
    """For each block in reading order, its role: "body", "references" or "declared"."""
    entries = [not block.level and is_reference(block.text) for block in blocks]
    roles = ["body"] * len(blocks)
    _mark_listed(blocks, entries, roles)
    _mark_runs(entries, roles)
    _mark_declared(blocks, roles)
    _mark_after_references(blocks, roles)
    return roles


def is_reference(text: str) -> bool:
    """Whether a paragraph looks like one or several entries of a list of references.

    >>> is_reference("12. Olsen IH, Sorensen JB. Temozolomide in carcinomas. Endocr Relat Cancer. 2016;23:759-767.")
    True
    """
    if len(text) < 25:
        return False
    author = _AUTHOR.match(text) is not None
    signs = [
        author,
        author and _LABEL.match(text) is not None,
        _YEAR.search(text) is not None,
        _LOCATOR.search(text) is not None,
        len(_INITIALS.findall(text[:200])) > 1,
    ]
    return sum(signs) >= (4 if is_prose(text) and len(text) > 400 else 3)


def _mark_listed(blocks: Sequence[Block], entries: Sequence[bool], roles: list[str]) -> None:
    """Mark what follows a references heading, up to the next prose paragraph or other heading."""
    within = 0
    for place, block in enumerate(blocks):
        heading = standard_role(block.text) == "references" or (block.level and _REFERENCES.fullmatch(block.text))
        if heading and len(block.text) < 80:
            within = block.level or 1
            roles[place] = "body" if block.level else "references"
        elif within and block.level and not any(entries[place + 1 : place + 4]):
            within = 0
        elif within and not entries[place] and len(block.text) >= _PROSE and is_prose(block.text):
            if sum(entries[max(0, place - 2) : place]) + sum(entries[place + 1 : place + 4]) >= 2:
                roles[place] = "references"
            else:
                within = 0
        elif within and not block.level:
            roles[place] = "references"


def _mark_runs(entries: Sequence[bool], roles: list[str]) -> None:
    """Mark runs of reference entries, with or without a heading."""
    places = [place for place, entry in enumerate(entries) if entry]
    for number, place in enumerate(places):
        reach = [other for other in places[number:] if other - place <= _REACH]
        if len(reach) >= _FEW and len(reach) >= _SHARE * (reach[-1] - place + 1):
            for between in range(place, reach[-1] + 1):
                roles[between] = "references"


def _mark_after_references(blocks: Sequence[Block], roles: list[str]) -> None:
    """Mark what follows the last list of references (such as reviews) as "declared", unless it is an appendix."""
    listed = [place for place, role in enumerate(roles) if role == "references"]
    if len(listed) < _SURELY_LISTED or listed[-1] < _EARLIEST_LIST * len(blocks):
        return
    for place in range(listed[-1] + 1, len(blocks)):
        if blocks[place].level and _APPENDED.match(blocks[place].text):
            return
        roles[place] = "declared"


def _mark_declared(blocks: Sequence[Block], roles: list[str]) -> None:
    """Mark text in the last part of an article that is under, or starts with, a heading of declarations."""
    level, passed, text = 0, 0, len(roles) - roles.count("references")
    for place, block in enumerate(blocks):
        passed += roles[place] != "references"
        if passed <= _SURE_END * text or roles[place] != "body":
            continue
        late = passed > _END * text
        if block.level and _REVIEWS.match(block.text):
            roles[place:] = ["declared"] * (len(blocks) - place)
        elif block.level:
            declared = (_HEADING if late else _SURE_HEADING).fullmatch(block.text) is not None
            level = block.level if declared else 0 if not level or block.level <= level else level
        elif level or (late and _RUN_IN.match(block.text) and not _NOT_RUN_IN.match(block.text)):
            roles[place] = "declared"
