"""Measure text recognition on pages of PDFs, drawn at 200 dots an inch, against the pages' text layers.

    python -m eval.benchmarks.reading.recognition FOLDER [--pages N] [--show]

Takes N pages, each the second of a PDF of the folder (first pages have little running text). Needs the extra
pincite[ocr]. A page takes some 20 s of processor time. Characters are compared without white space; ligatures, accents
and scripts are taken apart, and all dashes are alike. Each recognised line is aligned where it fits best in the text
layer, so the order of columns does not matter. Errors are the characters to insert, delete or replace there, and those
of the text layer that no line covers. Lines unlike anything in the text layer (under 60%, such as labels within
pictures) are counted apart.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from qa.readers.ocr.recogniser import recogniser
from qa.readers.pdf.characters import Piece
from qa.readers.pdf.doubts import folded

LIKE = 60.0
APART = 0.9
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−\x02\ufffe", "-"))


@dataclass
class Page:
    """Counts of one page: characters of its text layer, errors within lines, characters missed, and foreign lines."""

    name: str
    characters: int
    wrong: int
    missed: int
    strange: int
    confidence: float
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--show", action="store_true", help="each line that is not as in the text layer")
    options = parser.parse_args()
    recognise, found = recogniser(), list[Page]()
    for path in sorted(options.folder.glob("*.pdf")):
        with pdfium.PdfDocument(path) as document:
            if len(found) < options.pages and len(document) > 1 and document[1].get_textpage().count_chars() > 1_000:
                found.append(measured(path.stem, document[1], recognise, options.show))
                print(line(found[-1]), flush=True)
    total = sum(page.characters for page in found)
    wrong, missed = (sum(getattr(page, name) for page in found) for name in ("wrong", "missed"))
    print(f"\n{total:,} characters of {len(found)} pages: {(wrong + missed) / total:.2%} errors,")
    print(
        f"{wrong / total:.2%} within lines and {missed / total:.2%} missed; {sum(p.strange for p in found)} other lines"
    )


def line(page: Page) -> str:
    share = (page.wrong + page.missed) / page.characters
    return (
        f"{page.name:24} {page.characters:5} characters {share:.2%} errors: {page.wrong:3} within lines, "
        f"{page.missed:3} missed; {page.strange:3} other lines; confidence {page.confidence:.3f}; {page.seconds:.0f} s"
    )


def measured(name: str, page: pdfium.PdfPage, recognise: Any, show: bool) -> Page:
    truth = compared(page.get_textpage().get_text_range())
    begun = time.process_time()
    pieces, confidence = recognise(page)
    seconds = time.process_time() - begun
    covered, wrong, strange = bytearray(len(truth)), 0, 0
    for text in filter(None, lines_of(pieces)):
        fit = fuzz.partial_ratio_alignment(text, truth)
        if fit is None or fit.score < LIKE or len(text) > len(truth):
            strange += 1
            continue
        there = truth[fit.dest_start : fit.dest_end]
        wrong += Levenshtein.distance(text, there)
        covered[fit.dest_start : fit.dest_end] = b"\1" * len(there)
        if show and text != there:
            print(f"    {text}\n    {there}")
    return Page(name, len(truth), wrong, covered.count(0), strange, confidence, seconds)


def lines_of(pieces: Sequence[Piece]) -> list[str]:
    """The recognised lines: words on one baseline, closer together than columns."""
    lines: list[str] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before is None or before.y != piece.y or not 0 <= piece.x0 - before.x1 < APART * piece.size:
            lines.append("")
        lines[-1] += compared(piece.text)
    return lines


def compared(text: str) -> str:
    """The characters to compare."""
    return folded(text.replace("\ufffe\r\n", "").replace("\x02\r\n", "")).translate(DASHES).replace("\x00", "")


if __name__ == "__main__":
    main()
