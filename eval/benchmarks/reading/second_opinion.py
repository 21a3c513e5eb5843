"""Measure the warnings about text read from publishers' PDFs, against the XML twins.

    python -m eval.benchmarks.reading.second_opinion FOLDER [--show] [--pypdf]

FOLDER has NAME.pdf beside NAME.xml. Counts quotable sentences: how many are marked, and why; how many are wrong; and
how many of the marked are wrong. Only printed characters are compared, without white space, hyphens, brackets, marks
and case. A character stands in another text if that text has one of the runs of five characters around it, so neither
text order nor line ends matter. A sentence is wrong if up to 15% of its characters do not stand in the twin. A sentence
with more is not from the twin and not counted as wrong.

Also prints the seconds of the whole reading, and of asking pypdf for the names in the fonts. With --pypdf the second
opinion is instead the whole text that pypdf extracts, with the time that it takes.
"""

import argparse
import logging
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from eval.benchmarks.reading.twins import Twin
from qa.indexing.chunking import DEFAULT_LIMITS, quotable_sentences
from qa.readers.blocks import assemble
from qa.readers.files import parse
from qa.readers.pdf.doubts import folded, glyph_names
from qa.records import Document
from qa.text.sentences import is_fragment

RUN = 5
MOST_WRONG = 0.15
ALIKE = str.maketrans({"×": "x", "∼": "~", "˜": "~", "∗": "*", "⁎": "*", "ß": "β", "º": "°", "˚": "°", "◦": "°"})
UNCOUNTED = frozenset("-‒–—―−[](){}^_,;.:'’‘“”\"`′´·•⋅∙|►")


@dataclass(frozen=True)
class Result:
    """Counts of one article: sentences, marked, wrong, and both; and seconds."""

    sentences: int
    marked: int
    wrong: int
    both: int
    kinds: Counter[str]
    seconds: float
    opinion_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="each sentence that is marked or wrong")
    parser.add_argument("--pypdf", action="store_true", help="take pypdf's whole text for the second opinion")
    options = parser.parse_args()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    results = []
    for path in sorted(options.folder.glob("*.pdf")):
        if path.with_suffix(".xml").exists():
            results.append(measured(path, options.show, options.pypdf))
            one = results[-1]
            print(
                f"{path.stem:24} {one.sentences:4} sentences, {one.marked:3} marked, {one.wrong:3} wrong, "
                f"{one.both:3} both  {one.seconds:.2f} s, opinion {one.opinion_seconds:.2f} s",
                flush=True,
            )
    summary(results)


def summary(results: Sequence[Result]) -> None:
    sentences, marked, wrong, both = (sum(getattr(one, name) for one in results) for name in COUNTS)
    print(f"\n{sentences} sentences of {len(results)} articles; {marked} marked ({marked / max(1, sentences):.2%})")
    print(f"marked and wrong {both}; marked without need {marked - both} ({(marked - both) / max(1, sentences):.2%})")
    print(f"wrong {wrong} ({wrong / max(1, sentences):.2%}), of them not marked {wrong - both}")
    for kind, count in sum((one.kinds for one in results), Counter[str]()).most_common():
        print(f"  {kind} {count}")
    for name in ("seconds", "opinion_seconds"):
        values = [getattr(one, name) for one in results]
        print(f"{name} median {statistics.median(values):.2f}, most {max(values):.2f}")


COUNTS = ("sentences", "marked", "wrong", "both")


def measured(path: Path, show: bool, whole: bool) -> Result:
    data = path.read_bytes()
    begun = time.perf_counter()
    reading = parse(data, ".pdf")
    document = assemble(reading.blocks, source=path.name, data=data, metadata=reading.fields)
    read = time.perf_counter()
    glyph_names(PdfReader(BytesIO(data)))
    opinion = runs(pypdf_text(data)) if whole else None
    told = time.perf_counter()
    truth = runs("".join(Twin(path.with_suffix(".xml")).article.itertext()))
    counts, kinds = Counter[str](), Counter[str]()
    for sentence in quotable_sentences(document, DEFAULT_LIMITS, lambda texts: [len(text.split()) for text in texts]):
        text = document.text[sentence.start : sentence.end]
        if is_fragment(text) or sentence.section.role == "table":  # a cell is quoted with its heads, in our words
            continue
        found = {"differs": 1} if opinion and missing(text, opinion) else doubts(document, sentence.start, sentence.end)
        found = found if opinion is None else {kind: 1 for kind in found if kind == "differs"}
        letters = missing(text, truth)
        is_wrong = bool(letters) and len(letters) <= MOST_WRONG * len(counted(text))
        counts.update(sentences=1, marked=bool(found), wrong=is_wrong, both=bool(found) and is_wrong)
        kinds.update(found)
        if show and (found or is_wrong):
            print(
                f"    {'+'.join(found) or 'not marked':12} {'wrong' if is_wrong else 'right':6} {letters!r:20} {text}"
            )
    sentences, marked, wrong, both = (counts[name] for name in COUNTS)
    return Result(sentences, marked, wrong, both, kinds, read - begun, told - read)


def doubts(document: Document, start: int, end: int) -> dict[str, int]:
    return {doubt.kind: 1 for doubt in document.doubts if doubt.start < end and start < doubt.end}


def counted(text: str) -> str:
    """The characters of a text that are compared."""
    letters = folded(text.translate(ALIKE)).casefold().translate(ALIKE)
    return "".join(letter for letter in letters if letter not in UNCOUNTED and not unicodedata.combining(letter))


def runs(text: str) -> set[str]:
    letters = counted(text)
    return {letters[i : i + RUN] for i in range(len(letters) - RUN + 1)}


def missing(text: str, known: set[str]) -> str:
    """The characters of a text outside all known runs; "" also for a text shorter than a run."""
    letters = counted(text)
    stands = [len(letters) < RUN] * len(letters)
    for i in range(len(letters) - RUN + 1):
        if letters[i : i + RUN] in known:
            stands[i : i + RUN] = [True] * RUN
    return "".join(letter for letter, there in zip(letters, stands, strict=True) if not there)


def pypdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


if __name__ == "__main__":
    main()
