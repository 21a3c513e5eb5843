"""Measure the reader of JATS XML against the XML itself, read by plain XPath.

    python -m eval.benchmarks.reading.jats FOLDER

Prints, over every .xml and .nxml file of the folder: how many are read; how many have the XML's own title, authors,
year and DOI; the share of each body paragraph's words that stand in one block, in order; the references whose text can
be quoted; and the citations that lead to a reference. Exits with 1 if a figure misses its aim. Superscripts and
subscripts are compared by what they mean (``scripts`` looks at them). Words in formulas and numbers that cite are not
compared: the reader writes out what only their layout shows.
"""

import argparse
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from qa.readers.blocks import NotReadable, assemble
from qa.readers.jats.reader import read
from qa.records import EVIDENCE_ROLES, Document

FIELDS = ("title", "authors", "year", "doi")
LEAST_SHARE = 0.99
REFERENCE_LENGTH = 60

DISPLAYED = "fig table-wrap list disp-formula disp-quote boxed-text supplementary-material fn p"
_OUTSIDE_TEXT = " or ".join(f"self::{name}" for name in f"{DISPLAYED} inline-formula".split())
_CITING = "self::xref[@ref-type='bibr'] or self::sup[descendant::xref[@ref-type='bibr']]"
_MARKED = re.compile(r"[\^_]\{([^{}]*)\}")
_WORD = re.compile(r"[^\W_]+")


@dataclass
class Figures:
    """Counts over the files. ``shares`` has a number from 0 to 1 for each paragraph."""

    files: int = 0
    read: int = 0
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    shares: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    quotable: int = 0
    references: int = 0
    linked: int = 0
    resolved: int = 0
    marked: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    figures = measured(sorted(parser.parse_args().folder.rglob("*.*xml")))
    for line in report(figures):
        print(line)
    sys.exit(0 if is_met(figures) else 1)


def document_of(path: Path, data: bytes) -> Document:
    """The Document of a file's bytes. NotReadable if the reader refuses it."""
    reading = read(data)
    return assemble(reading.blocks, source=path.name, data=data, metadata=reading.fields, references=reading.references)


def measured(paths: Sequence[Path]) -> Figures:
    """The figures over the files. Prints the names of files that cannot be read."""
    figures = Figures(files=len(paths))
    for path in paths:
        data = path.read_bytes()
        try:
            document = document_of(path, data)
        except NotReadable as error:
            print(f"{path} {error.reason}")
            continue
        figures.read += 1
        count(figures, document, etree.fromstring(data, etree.XMLParser(resolve_entities=False, remove_comments=True)))
    return figures


def count(figures: Figures, document: Document, article: Any) -> None:
    """Add one file's numbers to the figures."""
    own = own_fields(article)
    for name in FIELDS:
        said = getattr(document, name)
        same = (flat(said) if name == "title" and said else said) == own[name]
        figures.right[name] += same
        if not same:
            print(f"{document.source}: {name} is {getattr(document, name)!r}, and {own[name]!r} in the XML")
    lines = [_WORD.findall(flat(line)) for line in document.text.split("\n\n")]
    for paragraph in article.xpath("body//p[not(ancestor::fn)]"):
        words = own_words(paragraph)
        if words:
            figures.shares.append(share(words, lines))
            if figures.shares[-1] < LEAST_SHARE:
                figures.lost.append(f"{document.source}: {figures.shares[-1]:.3f} of {' '.join(words)[:90]}")
    quoted = [document.text[part.start : part.end] for part in document.sections if part.role in EVIDENCE_ROLES]
    figures.references += len(document.references)
    figures.quotable += sum(
        len(reference.text) >= REFERENCE_LENGTH and any(reference.text in text for text in quoted)
        for reference in document.references
    )
    count_citations(figures, document, article)


def flat(text: str) -> str:
    """The text with superscripts and subscripts as plain characters."""
    while _MARKED.search(text):
        text = _MARKED.sub(r"\1", text)
    return unicodedata.normalize("NFKC", text)


def count_citations(figures: Figures, document: Document, article: Any) -> None:
    """Count each cross-reference to the reference list, whether the list has its id, and whether the text marks it."""
    linked = [rid for rids in article.xpath("//xref[@ref-type='bibr']/@rid") for rid in rids.split()]
    known = {reference.id for reference in document.references}
    marked = [mention.reference for mention in document.mentions]
    figures.linked += len(linked)
    figures.resolved += sum(rid in known for rid in linked)
    figures.marked += sum(min(linked.count(rid), marked.count(rid)) for rid in set(linked))


def own_fields(article: Any) -> dict[str, Any]:
    """Title, authors, year and DOI as the XML gives them."""
    years = [
        date.xpath("number(year)")
        for kind in ("@pub-type='epub'", "@publication-format='electronic'", "@pub-type='collection'", "true()")
        for date in article.xpath(f"front/article-meta/pub-date[{kind}]")
    ]
    contributors = article.xpath("front/article-meta/contrib-group/contrib[@contrib-type='author']")
    return {
        "title": flat(article.xpath("normalize-space(front/article-meta/title-group/article-title)")) or None,
        "authors": tuple(map(own_author, contributors)),
        "year": int(years[0]) if years else None,
        "doi": article.xpath("string(front/article-meta/article-id[@pub-id-type='doi'])") or None,
    }


def own_author(contributor: Any) -> str:
    person = "normalize-space(concat(name/given-names, ' ', name/surname, ' ', name/suffix))"
    return str(contributor.xpath(person) or contributor.xpath("normalize-space(collab/text())"))


def own_words(paragraph: Any) -> list[str]:
    """The paragraph's own words, without displayed parts, formulas and citation marks."""
    depth = int(paragraph.xpath(f"count(ancestor-or-self::*[{_OUTSIDE_TEXT}])"))
    texts = paragraph.xpath(f".//text()[count(ancestor::*[{_OUTSIDE_TEXT}]) = {depth}][not(ancestor::*[{_CITING}])]")
    return _WORD.findall(flat("".join(f" {text}" if _follows_gap(text) else text for text in texts)))


def _follows_gap(text: Any) -> bool:
    """Whether the text follows a part that is left out, so that a space must separate them."""
    return bool(text.is_tail and text.getparent().xpath(f"boolean(self::*[{_OUTSIDE_TEXT} or {_CITING}])"))


def share(words: Sequence[str], lines: Sequence[Sequence[str]]) -> float:
    """The greatest share of the words that one line has in order."""
    best = 0.0
    for line in lines:
        best = max(best, in_order(words, line) / len(words)) if len(line) >= best * len(words) else best
        if best == 1:
            break
    return best


def in_order(words: Sequence[str], line: Sequence[str]) -> int:
    """How many of the words a walk through the line meets in order."""
    met = start = 0
    for word in words:
        try:
            start = line.index(word, start) + 1
        except ValueError:
            continue
        met += 1
    return met


def report(figures: Figures) -> list[str]:
    """The figures in words, one line each."""
    fields = ", ".join(f"{name} {count}" for name, count in figures.right.items())
    shares = figures.shares or [0.0]
    mean, least = sum(shares) / len(shares), min(shares)
    return [
        *figures.lost,
        f"files read: {figures.read} of {figures.files}",
        f"equal to the XML's own: {fields}",
        f"words of {len(figures.shares)} body paragraphs in order: mean {mean:.4f}, least {least:.4f}",
        f"references that can be quoted: {figures.quotable} of {figures.references}",
        f"citations that the XML links: {figures.linked}; of these lead to a reference: {figures.resolved}, "
        f"are marked in the text: {figures.marked}",
    ]


def is_met(figures: Figures) -> bool:
    """Whether every figure meets its aim, over at least one file."""
    return (
        figures.read == figures.files > 0
        and all(count == figures.files for count in figures.right.values())
        and min(figures.shares, default=0) >= LEAST_SHARE
        and figures.quotable == 0
        and figures.marked == figures.resolved == figures.linked
    )


if __name__ == "__main__":
    main()
