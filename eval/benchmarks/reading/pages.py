"""Measure how many sentences are found on the pages of their PDF, and whether the boxes hold their words.

    python -m eval.benchmarks.reading.pages [FOLDER] [--most SENTENCES]

PDFs are made from known text in every layout of ``pdf.py``; those of a folder are read too. Found is the share of
sentences, or of their parts on a page, that get boxes. Right is the share of the found whose boxes hold exactly their
letters, in order, as seen by another program: pdfminer.six, which shares no code with PDFium (``pip install
pdfminer.six``; not a dependency). Prints one line for each file. Then prints the disk space of the kept originals
beside the library, the seconds to draw a page in its own process, and what happens to hostile PDFs there. ``--most``
draws that many sentences of each file at random, always the same, and prints nothing else.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTContainer, LTPage

import qa
from eval.benchmarks.reading.pdf import LAYOUTS, source
from eval.stress.reading.hostile_files import PDFS, PROSE, SLOW_PDFS
from qa.errors import PageError
from qa.indexing.chunking import DEFAULT_LIMITS, quotable_sentences
from qa.pages.drawing import draw
from qa.pages.pictures import Picture, Wanted, pages_of, wanted_of
from qa.pages.placing import letters_of
from qa.readers.blocks import NotReadable, assemble
from qa.readers.files import parse
from qa.records import Document
from tests.support.make_pdf import typeset

Letter = tuple[float, float, str]
"""The middle of a letter as shares of the page's width and height, y downwards, and the letter."""

MIDDLE = 0.25
"""The height of a letter's middle above its baseline, in font sizes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--most", type=int, help="sentences of each file, drawn by chance")
    options = parser.parse_args()
    folder, most = options.folder, options.most
    items = source()
    files = {name: typeset(items, layout) for name, layout in LAYOUTS.items()}
    files |= {path.name: path.read_bytes() for path in sorted(folder.rglob("*.pdf"))} if folder else {}
    print(f"{'file':40} parts   found   right")
    totals = [0, 0, 0]
    for name, data in files.items():
        try:
            counts = measured(data, most)
        except NotReadable as error:
            print(f"{name:40} {error.reason}")
            continue
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        print(line(name, *counts))
    print(line("all", *totals))
    if most is not None:
        return
    if folder:
        print_space(folder)
    print_seconds(next(iter(files.values())))
    print_hostile()


def line(name: str, parts: int, found: int, right: int) -> str:
    return f"{name:40} {parts:5} {found / max(parts, 1):7.1%} {right / max(found, 1):7.1%}"


def measured(data: bytes, most: int | None) -> tuple[int, int, int]:
    """The number of sentence parts, of parts with boxes, and of parts whose words are under their boxes."""
    reading = parse(data, ".pdf")
    document = assemble(reading.blocks, source="a.pdf", data=data, metadata=reading.fields)
    seen = letters_of_pages(data)
    parts = found = right = 0
    for wanted in wanted_parts(document, most):
        parts += 1
        (picture,) = draw(data, [wanted]).pictures
        if picture.boxes:
            found += 1
            right += under(picture, seen[wanted.number - 1]) == letters_of(wanted.quote).folded
    return parts, found, right


def wanted_parts(document: Document, most: int | None) -> Iterator[Wanted]:
    sentences = quotable_sentences(document, DEFAULT_LIMITS, lambda texts: [len(text.split()) for text in texts])
    # a cell is quoted with its heads, and these words are not together on its page
    found = [sentence for sentence in sentences if sentence.section.role != "table"]
    if most is not None and most < len(found):
        found = random.Random(0).sample(found, most)
    for sentence in found:
        yield from wanted_of(document, sentence.start, sentence.end)


def letters_of_pages(data: bytes) -> list[list[Letter]]:
    """The letters of each page that pdfminer.six sees, with positions on the cropped page."""
    with pypdfium2.PdfDocument(data) as document:
        crops = [page.get_cropbox() for page in document]
    return [list(letters_on(page, crop)) for page, crop in zip(extract_pages(BytesIO(data)), crops, strict=True)]


def letters_on(page: LTPage, crop: tuple[float, float, float, float]) -> Iterator[Letter]:
    def walk(part: object) -> Iterator[LTChar]:
        if isinstance(part, LTChar):
            yield part
        elif isinstance(part, LTContainer):
            for inner in part:
                yield from walk(inner)

    left, bottom, right, top = crop
    for char in walk(page):
        x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
        if char.upright:  # a font may claim a height of several lines, and pdfminer believes it
            y = char.matrix[5] + MIDDLE * char.size
        yield (x - left) / (right - left), (top - y) / (top - bottom), char.get_text()


def under(picture: Picture, letters: list[Letter]) -> str:
    """The letters under the boxes, box by box and from left to right."""
    found = []
    for left, top, right, bottom in picture.boxes:
        within = [
            (x, text)
            for x, y, text in letters
            if left <= x * picture.width <= right and top <= y * picture.height <= bottom
        ]
        found += [text for _, text in sorted(within, key=lambda pair: pair[0])]
    return letters_of("".join(found)).folded


def print_space(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as made, qa.open(Path(made) / "library") as library:
        library.add([folder])
        sizes: dict[str, int] = {}
        for path in library.path.rglob("*"):
            if path.is_file():
                kind = "originals" if path.parent.name == "originals" else "the rest"
                sizes[kind] = sizes.get(kind, 0) + path.stat().st_size
        print(f"a library of this folder, {len(library.documents())} documents:", sizes)


def print_seconds(data: bytes, times: int = 9) -> None:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        pages_of(data, [Wanted(1)])
        seconds.append(time.perf_counter() - begun)
    print(f"a picture of a page takes {statistics.median(seconds):.2f} s (median of {times})")


def print_hostile() -> None:
    seconds, refused = [], 0
    for make in {**PDFS, **SLOW_PDFS}.values():
        data, begun = make(), time.perf_counter()
        try:
            pages_of(data, [Wanted(1, PROSE)])
        except PageError:
            refused += 1
        seconds.append(time.perf_counter() - begun)
    drawn = len(seconds) - refused
    print(f"hostile PDFs: {drawn} end in a picture, {refused} in a sentence; at most {max(seconds):.1f} s")


if __name__ == "__main__":
    main()
