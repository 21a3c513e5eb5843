"""Measure the PDF reader on PDFs made from known text, and print the result for each file of a folder.

    python -m eval.benchmarks.reading.pdf [FOLDER]

Recall is the share of the source's characters, without white space, that are read; order the share of its words that
are read in order; paragraphs the share of its paragraphs and headings that are read exactly.
"""

import argparse
from difflib import SequenceMatcher
from pathlib import Path

from eval.places import ROOT
from qa.readers.blocks import NotReadable
from qa.readers.files import read as read_file
from qa.readers.pdf.reader import read
from tests.support.make_pdf import Item, Layout, typeset

LAYOUTS = {
    "one column": Layout(),
    "one column, justified, hyphens": Layout(justify=True, hyphenate=True),
    "one column, space between paragraphs": Layout(indent=0, gap=6),
    "one column, line numbers": Layout(line_numbers=True),
    "one column, heads and feet": Layout(head="Review of cytokines", foot="Journal 4, %d", page_numbers=True),
    "two columns": Layout(columns=2),
    "two columns, justified, hyphens": Layout(columns=2, justify=True, hyphenate=True),
    "two columns drawn by rows": Layout(columns=2, justify=True, by_rows=True),
    "two columns, heads and feet, hyphens": Layout(
        columns=2, head="Review of cytokines", foot="Journal 4, %d", page_numbers=True, hyphenate=True
    ),
    "three columns, hyphens": Layout(columns=3, hyphenate=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    folder = parser.parse_args().folder
    items = source()
    print(f"{'layout':40} recall   order  paragraphs")
    for name, layout in LAYOUTS.items():
        recall, order, paragraphs = measured(items, layout)
        print(f"{name:40} {recall:6.2%} {order:7.2%}  {paragraphs:6.1%}")
    for path in sorted(folder.rglob("*.pdf")) if folder else ():
        print(f"{path.name:40} {status(path)}")


def source() -> list[Item]:
    """The paragraphs and headings of a review, without letters that a standard font of PDF lacks."""
    document = read_file(next((ROOT / "corpus").glob("003_*.txt")))
    headings = {heading for section in document.sections for heading in section.path}
    texts = [text.encode("cp1252", "ignore").decode("cp1252") for text in document.text.split("\n\n")]
    first, *rest = [" ".join(text.split()) for text in texts]
    return [("title", first)] + [("heading" if text in headings else "paragraph", text) for text in rest if text]


def measured(items: list[Item], layout: Layout) -> tuple[float, float, float]:
    texts = [block.text for block in read(typeset(items, layout)).blocks]
    expected, found = [" ".join(lines).split() for lines in ([text for _, text in items], texts)]
    matcher = SequenceMatcher(None, expected, found, autojunk=False)
    kept = [expected[match.a + i] for match in matcher.get_matching_blocks() for i in range(match.size)]
    whole = sum(text in set(texts) for _, text in items)
    return characters_read("".join(expected), "".join(found)), len(kept) / len(expected), whole / len(items)


def characters_read(expected: str, found: str, step: int = 2_000) -> float:
    """The share of the expected characters that are found. Compares pieces, for speed."""
    kept = 0
    for start in range(0, len(expected), step):
        near = found[max(0, start - step // 2) : start + step + step // 2]
        piece = SequenceMatcher(None, expected[start : start + step], near, autojunk=False)
        kept += sum(match.size for match in piece.get_matching_blocks())
    return kept / len(expected)


def status(path: Path) -> str:
    try:
        reading = read(path.read_bytes())
    except NotReadable as error:
        return error.status
    return f"ok, {len(reading.blocks)} blocks, {reading.fields.get('title', 'no title')!r}"


if __name__ == "__main__":
    main()
