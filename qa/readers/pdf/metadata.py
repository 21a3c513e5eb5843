"""Metadata of a PDF (title, authors, year, journal, DOI), from its first page and from the file's own fields.

The two sources are compared. Anything uncertain stays unknown: a wrong title or author is worse than none.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from qa.readers.blocks import standard_role
from qa.readers.frontmatter import Fields
from qa.readers.pdf.authors import authors_of, listed_names
from qa.readers.pdf.hyphens import Words, join
from qa.readers.pdf.layout import Block
from qa.readers.pdf.roles import BODY, FRONT
from qa.readers.pdf.wording import PROSE_LETTERS, is_prose
from qa.text.lines import collapse

_XMP_BYTES = 200_000
_TITLE_LARGER = 1.1
_TITLE_LENGTH = 400
_SMALL_PRINT = 0.75
_SHORT_TITLE = 6

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|]*[^\s\"<>|.,;:)\]}]")
_PART_OF = re.compile(r"[./](?:g|t|s|f|fig|table|supp?l?)\d{1,4}$|/-/|\.v\d+\.", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"untitled|microsoft|\S+$|.*\.(?:docx?|pdf|tex|rtf|odt|indd|dvi)$|.*\b\d+\.\.\d+$", re.IGNORECASE
)
_VERSION = re.compile(r"\s*\[(?:version|v)\s?\d[^\]]*\]?$", re.IGNORECASE)
_KIND = re.compile(
    r"(?:original|research|review|mini|short|case|brief|full|open|systematic|clinical|letter|editorial|article|paper|"
    r"report|study|access|communication|commentary|perspective|protocol|methods?|invited|hypothesis|meta-?analysis|"
    r"and|to|the|in|of|\W)+$",
    re.IGNORECASE,
)

_JOURNAL = re.compile(r"\b(?:journal|annals|archives|bulletin|proceedings|letters|transactions|acta)\b", re.IGNORECASE)

_YEAR = r"((?:19|20)\d\d)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_PUBLISHED = re.compile(rf"(?:published|available|publication|epub|online)[^.;|]{{0,50}}?\b{_YEAR}\b", re.IGNORECASE)
_COPYRIGHT = re.compile(
    rf"(?:©|\(c\)|copyright)[^.]{{0,80}}?\b{_YEAR}\b|\b{_YEAR}\s+(?:the author|by the author|elsevier|springer)",
    re.IGNORECASE,
)
_CITED = re.compile(
    rf"\b{_YEAR}\s*[,;:]\s*\d{{1,4}}\s*[,:(;]|\({_YEAR}\)\s*\d{{1,4}}\s*[:,(]|\bvol(?:ume|\.)?\s*\d+.{{0,30}}?\b{_YEAR}\b|"
    rf"\b{_YEAR}\s*[;,]\s*vol\b|\b\d+\s*[-–]\s*\d+,\s*{_MONTH}\s+{_YEAR}\b|"
    rf"\b{_MONTH}(?:\s+\d{{1,2}},?)?\s+{_YEAR}\s*[|;,]\s*(?:vol|\d)|\b\d{{1,4}}\s*\(\d{{1,3}}\)\s*[,:]?\s*(?:\d+\s*[-–]\s*\d+\s*,?\s*)?\(?{_YEAR}\b|"
    rf"\b{_MONTH}\s+{_YEAR}\b\s*[|/]|\b{_YEAR}\s*[|/]\s*vol",
    re.IGNORECASE,
)


# ---------------------------------------------------------------- the file's own fields


def described(reader: PdfReader) -> Mapping[str, Any]:
    """The file's information dictionary and XMP: any of title, author, authors, doi, journal, year."""
    found: Fields = {}
    try:
        information = reader.metadata or DictionaryObject()
        found = {
            name: collapse(str(information.get(f"/{name.title()}") or "")) for name in ("title", "author", "subject")
        }
        found["doi"] = _doi_in(str(information.get("/doi") or information.get("/DOI") or found["subject"]))
        found |= {name: value for name, value in _xmp(reader).items() if value}
    except Exception:  # the text is what matters; bad metadata must not stop reading
        return {name: value for name, value in found.items() if value}
    return {name: value for name, value in found.items() if value}


def _xmp(reader: PdfReader) -> Fields:
    stream = reader.root_object.get("/Metadata")
    stream = stream.get_object() if stream is not None else None
    if not isinstance(stream, StreamObject):
        return {}
    text = stream.get_data()[:_XMP_BYTES].decode("utf-8", "replace")
    authors = tuple(_items(text, "dc:creator"))
    return {
        "title": next(_items(text, "dc:title"), ""),
        "authors": authors if len(authors) > 1 else (),
        "doi": _doi_in(
            " ".join([*_values(text, "prism:doi"), *_values(text, "pdfx:doi"), *_values(text, "dc:identifier")])
        ),
        "journal": next(_values(text, "prism:publicationName"), ""),
        "year": next(
            (int(year[0]) for value in _values(text, "prism:coverDate") if (year := re.match(r"\d{4}", value))), None
        ),
    }


def _values(text: str, name: str) -> Iterator[str]:
    for match in re.finditer(rf"<{name}[^>]*>([^<]*)</{name}>|{name}=\"([^\"]*)\"", text):
        yield collapse(html.unescape(match[1] or match[2] or ""))


def _items(text: str, name: str) -> Iterator[str]:
    whole = re.search(rf"<{name}[^>]*>(.*?)</{name}>", text, re.DOTALL)
    if whole:
        for match in re.finditer(r"<rdf:li[^>]*>([^<]*)</rdf:li>", whole[1]):
            if value := collapse(html.unescape(match[1])):
                yield value


def _doi_in(text: str) -> str:
    match = _DOI.search(text)
    return match.group() if match else ""


# ---------------------------------------------------------------- the first page


def metadata_of(
    blocks: Sequence[Block], title: Sequence[Block], heads: Sequence[str], said: Mapping[str, Any], words: Words
) -> Fields:
    """The fields that are certain from the first page's blocks, the running heads and the file's own fields."""
    around = [*heads, *(block.text for block in blocks if block.role != BODY)]
    fields = {
        "title": clean_title(_joined(title, words)) or _named_title(said),
        "authors": authors_of(blocks, title, said),
        "year": year_of(around, said),
        "doi": doi_of([*heads, *(line.text for block in blocks for line in block.lines)], said),
        "journal": str(said.get("journal", "")),
    }
    return {name: value for name, value in fields.items() if value}


def _joined(blocks: Sequence[Block], words: Words) -> str:
    return join([line.text for block in blocks for line in block.lines], words)[0]


def title_of(blocks: Sequence[Block], said: Mapping[str, Any], size: float) -> list[Block]:
    """The title's blocks on the first page: the one that the file names, else the largest that has some words."""
    named = folded(str(said.get("title", "")))
    candidates = [block for block in blocks if _may_be_title(block) and not _below_prose(block, blocks, size)]
    if len(named) >= 15:
        for block in sorted(candidates, key=lambda block: len(block.text)):
            if folded(block.text).startswith(named) and len(folded(block.text)) < 1.5 * len(named):
                return [block]
        for above, below in pairwise(blocks):
            if folded(above.text + below.text).startswith(named) and len(folded(below.text)) < len(named):
                return [above, below]
    large = _large(candidates, size)
    if not large:
        return []
    largest = max(large, key=lambda block: (block.size, block.top))
    parts = [block for block in blocks if abs(block.size - largest.size) < 0.3 and _touches(block, largest)]
    return sorted(parts, key=lambda block: -block.top)


def _large(candidates: Sequence[Block], size: float) -> list[Block]:
    """Of the candidates larger than the text, those with some words; else the first one in capitals or bold."""
    large = [block for block in candidates if block.size >= _TITLE_LARGER * size and len(block.text.split()) > 1]
    long = [block for block in large if len(block.text.split()) > 2]
    others = [block for block in long if not (_JOURNAL.search(block.text) and len(block.text.split()) <= _SHORT_TITLE)]
    if others or long or large:
        return others or long or large
    stands_out = (
        block
        for block in candidates
        if block.role == FRONT and block.size >= size and len(block.text.split()) > _SHORT_TITLE
        if block.text.isupper() or all(line.bold for line in block.lines)
    )
    return [block for block in stands_out if listed_names(block.text) is None][:1]


def _below_prose(block: Block, blocks: Sequence[Block], size: float) -> bool:
    """Whether a paragraph is above a block in its column. What follows it is a heading, not the title.

    Small print does not count: some journals have their licence there.
    """
    return any(
        other.letters >= PROSE_LETTERS
        and other.size >= _SMALL_PRINT * size
        and other.stands_above(block)
        and is_prose(other.text)
        for other in blocks
    )


def _may_be_title(block: Block) -> bool:
    text = block.text
    return (
        len(text) <= _TITLE_LENGTH
        and standard_role(text) is None
        and not _KIND.match(text)
        and sum(map(str.isalpha, text)) > 0.6 * len(text)
        and "www." not in text
        and "�" not in text
    )


def _touches(block: Block, title: Block) -> bool:
    return block is title or min(abs(block.bottom - title.top), abs(title.bottom - block.top)) < 0.9 * title.size


def doi_of(texts: Sequence[str], said: Mapping[str, Any]) -> str:
    """The article's DOI, newest version: the one on which the first page and the file agree, or the only one.

    ``texts`` are the lines of the first page, with its heads and feet first.
    """
    found = [match.group() for text in texts for match in _DOI.finditer(text) if not _PART_OF.search(match.group())]
    counts = Counter(doi.lower() for doi in found)
    named = str(said.get("doi", ""))
    if named and (not counts or named.lower() in counts):
        return named
    labelled = [
        match[1].rstrip(".,;)")
        for text in texts
        for match in re.finditer(
            r"doi(?:\.org/|[:\s]+(?:https?://(?:dx\.)?doi\.org/)?)(10\.\d{4,9}/\S+)", text, re.IGNORECASE
        )
        if not _PART_OF.search(match[1].rstrip(".,;)"))
    ]
    distinct = {doi.lower(): doi for doi in labelled or found}
    bare = {re.sub(r"\.\d$", "", doi) for doi in distinct}
    return max(distinct.values()) if len(bare) == 1 else ""


def year_of(texts: Iterable[str], said: Mapping[str, Any]) -> int | None:
    """The year of publication: the one in most publication, copyright and citation dates on the first page."""
    votes: Counter[int] = Counter()
    for text in texts:
        for weight, pattern in ((3, _PUBLISHED), (2, _COPYRIGHT), (3, _CITED)):
            for match in pattern.finditer(text):
                votes[int(next(filter(None, match.groups())))] += weight
    if said.get("year"):
        votes[int(said["year"])] += 3
    if not votes:
        return None
    (year, count), *others = votes.most_common(2)
    return year if not others or count > others[0][1] else max(year, others[0][0])


def folded(text: str) -> str:
    """The letters and digits of a text in lower case."""
    return "".join(character for character in text.casefold() if character.isalnum())


def clean_title(text: str) -> str:
    """A title without footnote marks at its end and without a journal's version note."""
    text = _VERSION.sub("", text)
    return re.sub(r"(?:\s*(?:\[[\d,]+\]|[*∗†‡§¶#]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\{[^}]*\}))+$", "", text).strip()


def _named_title(said: Mapping[str, Any]) -> str:
    """The title in the file's metadata, if it looks like one."""
    title = str(said.get("title", ""))
    return "" if not title or _NO_TITLE.match(title) else title
