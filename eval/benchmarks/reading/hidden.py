"""Measure how much text in PDFs is invisible on the page.

    python -m eval.benchmarks.reading.hidden FOLDER

Prints for each PDF of the folder with invisible text: its characters, how many are invisible, and the first of these.
Then prints the sum, and the seconds a page that the check takes.
"""

import argparse
import ctypes
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa.faces.console import visible
from qa.readers.pdf.hidden import Visibility

SHOWN = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    paths = sorted(parser.parse_args().folder.glob("*.pdf"))
    characters = unseen = pages = holding = 0
    seconds = 0.0
    for path in paths:
        try:
            document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as error:
            print(f"{path.name}: {error}")
            continue
        found = [letter for page in document for letter in letters(page)]
        begun = time.perf_counter()
        for page in document:
            Visibility(page)
        seconds, pages = seconds + time.perf_counter() - begun, pages + len(document)
        hidden = [letter for letter, seen in found if not seen]
        characters, unseen, holding = characters + len(found), unseen + len(hidden), holding + bool(hidden)
        if hidden:
            print(
                f"{path.name}: {len(found):,} characters, {len(hidden):,} not seen: {visible(''.join(hidden[:SHOWN]))}"
            )
    print(f"{len(paths)} PDFs, {characters:,} characters; {unseen:,} not seen, in {holding} PDFs")
    print(f"{1000 * seconds / max(1, pages):.1f} ms a page")
    return 0


def letters(page: pdfium.PdfPage) -> Iterator[tuple[str, bool]]:
    """The characters of a page except white space, each with whether it is visible."""
    visibility, textpage = Visibility(page), page.get_textpage()
    matrix = raw.FS_MATRIX()
    for index in range(textpage.count_chars()):
        known = raw.FPDFText_GetTextObject(textpage, index)
        letter = chr(raw.FPDFText_GetUnicode(textpage, index))
        if not known or letter.isspace() or letter == "\0":
            continue
        raw.FPDFText_GetMatrix(textpage, index, matrix)
        size = raw.FPDFText_GetFontSize(textpage, index) * (matrix.c**2 + matrix.d**2) ** 0.5
        left, bottom, right, top = textpage.get_charbox(index, loose=True)
        address = ctypes.cast(known, ctypes.c_void_p).value or 0
        yield letter, visibility.sight(address, size).shows((left + right) / 2, (bottom + top) / 2)


if __name__ == "__main__":
    sys.exit(main())
