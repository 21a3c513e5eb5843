"""Measure what is read from publishers' PDFs, against the XML twins of the same articles.

    python -m eval.benchmarks.reading.pdf_twins FOLDER [--half 0|1] [--show KIND] [--files]

FOLDER has NAME.pdf beside NAME.xml. Words are runs of letters, without formulas and reference marks. Prints for each
article: the share of the words of the twin's abstract and body that are read; the share of its 8-grams of words that
are read in one piece, also in PDFium's plain text and in the quotable sentences; and the processor seconds of reading,
without starting the worker, and how many of them go to table cells. A quotable sentence is contaminated if it does not
stand in one piece within one paragraph, heading or caption of the twin. Each is counted under the first kind that fits.
Table cells are quoted with their heads; ``pdf_tables.py`` measures them, and they are not counted here. Scripts are the
superscripts and subscripts of the twin's body that are read in their canonical form. Marks are those that name
references and are read as marks in brackets. Metadata is right, wrong or unknown.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pypdfium2

import qa.readers.pdf.reader as reader
from eval.benchmarks.reading.contamination import contamination
from eval.benchmarks.reading.twins import Script, Twin, tokens, unmarked
from qa.indexing.chunking import DEFAULT_LIMITS, quotable_sentences
from qa.readers.blocks import assemble
from qa.readers.files import parse
from qa.readers.pdf.tables.assembly import set_tables
from qa.records import Document
from qa.text.scripts import subscript, superscript
from qa.text.sentences import is_fragment

GRAM = 8
KINDS = (
    "reference entries",
    "front matter",
    "broken words",
    "numbers",
    "captions",
    "table cells",
    "back matter",
    "running heads",
    "headings joined",
    "spliced",
    "other",
)
FIELDS = ("title", "authors", "year", "doi")


@dataclass
class Result:
    """The measures of one article."""

    name: str
    words: float
    order: float
    plain_order: float
    quotable: float
    seconds: float
    tables: float
    sentences: int
    contaminated: list[tuple[str, str]]
    scripts: tuple[int, int]
    marks: tuple[int, int]
    fields: dict[str, str]
    said: dict[str, object] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second article only")
    parser.add_argument("--show", choices=(*KINDS, *FIELDS, "scripts"), help="what went wrong, one by one")
    parser.add_argument("--only", default="", help="articles whose names hold this")
    options = parser.parse_args()
    paths = sorted(path for path in options.folder.glob("*.pdf") if path.with_suffix(".xml").exists())
    if options.half is not None:
        paths = paths[options.half :: 2]
    results = []
    print(f"{'article':24} words   order PDFium quotable sents contam.  scripts   marks      s")
    with patch.object(reader, "set_tables", timed(set_tables)):
        for path in paths:
            if options.only in path.name:
                results.append(measured(path, options.show))
                print(line(results[-1]), flush=True)
    summary(results)


def line(one: Result) -> str:
    counts = Counter(kind for kind, _ in one.contaminated)
    kinds = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
    wrong = " ".join(f"{name}:{verdict}" for name, verdict in one.fields.items() if verdict != "right")
    return (
        f"{one.name:24} {one.words:.4f} {one.order:.4f} {one.plain_order:.4f}  {one.quotable:.4f} {one.sentences:5} "
        f"{len(one.contaminated):5}  {one.scripts[0]:3}/{one.scripts[1]:3} {one.marks[0]:3}/{one.marks[1]:3} "
        f"{one.seconds:6.2f}  {wrong}  {kinds}"
    )


def summary(results: Sequence[Result]) -> None:
    print(f"\n{'':22} median  10th p.   mean")
    for name in ("words", "order", "plain_order", "quotable"):
        values = sorted(getattr(one, name) for one in results)
        tenth = values[len(values) // 10]
        print(f"{name:22} {statistics.median(values):.4f}  {tenth:.4f}  {statistics.mean(values):.4f}")
    print(f"\n{'':22} median  greatest")
    for name, seconds in (
        ("seconds", [one.seconds for one in results]),
        ("of tables", [one.tables for one in results]),
    ):
        print(f"{name:22} {statistics.median(seconds):.2f}    {max(seconds):.2f}")
    total = sum(one.sentences for one in results)
    counts = Counter(kind for one in results for kind, _ in one.contaminated)
    print(f"\nquotable sentences {total}, contaminated {counts.total()} ({counts.total() / max(1, total):.2%})")
    for kind in KINDS:
        print(f"  {kind:20} {counts[kind]:5}  {counts[kind] / max(1, total):.2%}")
    for name in ("scripts", "marks"):
        found, of = (sum(getattr(one, name)[i] for one in results) for i in (0, 1))
        print(f"{name:22} {found} of {of} ({found / max(1, of):.3f})")
    for name in FIELDS:
        verdicts = Counter(one.fields[name] for one in results)
        shares = ", ".join(f"{verdict} {verdicts[verdict]}" for verdict in ("right", "wrong", "unknown"))
        print(f"{name:22} {shares} of {len(results)}")


def measured(path: Path, show: str | None) -> Result:
    twin, data = Twin(path.with_suffix(".xml")), path.read_bytes()
    spent.clear()
    begun = time.process_time()
    reading = parse(data, ".pdf")
    document = assemble(reading.blocks, source=path.name, data=data, metadata=reading.fields)
    seconds = time.process_time() - begun
    sentences = [
        document.text[sentence.start : sentence.end]
        for sentence in quotable_sentences(
            document, DEFAULT_LIMITS, lambda texts: [len(text.split()) for text in texts]
        )
        if sentence.section.role != "table"
    ]
    sentences = [sentence for sentence in sentences if not is_fragment(sentence)]
    contaminated = [(kind, sentence) for sentence in sentences if (kind := contamination(sentence, twin))]
    scripts, lost = found_scripts(document.text, [one for one in twin.scripts if not one.is_mark])
    marks, _ = found_scripts(document.text, [one for one in twin.scripts if one.is_mark])
    fields = verdicts(document, twin)
    shown = [sentence for kind, sentence in contaminated if kind == show]
    shown += [f"…{script.before[-30:]!r} {script.text!r}" for script in lost] if show == "scripts" else []
    if show in FIELDS and fields[show] != "right":
        wanted = {"title": twin.title, "authors": twin.surnames, "year": twin.years, "doi": twin.doi}[show]
        shown.append(f"{wanted!r}\n       {getattr(document, show)!r}")
    for one in shown:
        print(f"    - {one}")
    return Result(
        path.stem,
        words_found(twin.words, document.text),
        in_order(twin.words, document.text),
        in_order(twin.words, plain_text(data)),
        in_order(twin.words, "\n".join(sentences)),
        seconds,
        sum(spent),
        len(sentences),
        contaminated,
        scripts,
        marks,
        fields,
    )


spent: list[float] = []
"""Processor seconds of each call of ``set_tables``, one for each page."""


def timed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which also appends its processor seconds to ``spent``."""

    def wrapped(*given: Any) -> Any:
        begun = time.process_time()
        try:
            return function(*given)
        finally:
            spent.append(time.process_time() - begun)

    return wrapped


def plain_text(data: bytes) -> str:
    """PDFium's plain text of all pages, with the line-end hyphens that it knows resolved."""
    with pypdfium2.PdfDocument(data) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return "\n".join(text.replace("\ufffe\r\n", "").replace("\ufffe", "").replace("\x02", "") for text in texts)


def words_found(words: Sequence[str], text: str) -> float:
    wanted = Counter(word for word in words if word)
    found = Counter(word for word in tokens(text) if word.isalpha())
    return (wanted & found).total() / max(1, wanted.total())


def in_order(words: Sequence[str], text: str) -> float:
    read = [word for word in tokens(unmarked(text)) if word.isalpha()]
    known = {tuple(read[i : i + GRAM]) for i in range(len(read) - GRAM + 1)}
    wanted = [gram for i in range(len(words) - GRAM + 1) if all(gram := tuple(words[i : i + GRAM]))]
    return sum(gram in known for gram in wanted) / max(1, len(wanted))


# ---------------------------------------------------------------- scripts and metadata


def found_scripts(text: str, wanted: Sequence[Script]) -> tuple[tuple[int, int], list[Script]]:
    """How many scripts are read in their form, of those whose preceding words are read; and the others."""
    squeezed = squeeze(text)
    of, lost = 0, []
    for script in wanted:
        before = squeeze(script.before)[-10:]
        if not before or before not in squeezed:
            continue
        of += 1
        if not any(before + form in squeezed for form in forms_of(script)):
            lost.append(script)
    return (of - len(lost), of), lost


def forms_of(script: Script) -> Iterator[str]:
    if script.is_mark:
        yield squeeze(f"[{script.text.strip('[]()')}]")
        yield squeeze(f"[{script.text.strip('[]()').split(',')[0]}")
    else:
        yield squeeze(superscript(script.text) if script.raised else subscript(script.text))


def squeeze(text: str) -> str:
    """A text without white space, with one sign for all dashes."""
    bare = "".join(text.split())
    return bare.translate(str.maketrans("–—−‐‑⁻₋", "-" * 7))


def verdicts(document: Document, twin: Twin) -> dict[str, str]:
    title = "".join(tokens(document.title or ""))
    surnames = ["".join(tokens(name)) for name in twin.surnames]
    authors = ["".join(tokens(name)) for name in document.authors]
    same = len(authors) == len(surnames) and all(one in other for one, other in zip(surnames, authors, strict=True))
    right = {
        "title": title == "".join(tokens(twin.title)),
        "authors": same,
        "year": document.year in twin.years,
        "doi": (document.doi or "").lower() == twin.doi.lower(),
    }
    known = {"title": title, "authors": authors, "year": document.year, "doi": document.doi}
    return {name: "right" if right[name] else "wrong" if known[name] else "unknown" for name in FIELDS}


if __name__ == "__main__":
    main()
