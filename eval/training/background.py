"""Count in how many paragraphs of open text each term occurs; writes ``qa/data/background.txt.gz``.

    python -m eval.training.background SHARED

SHARED is the folder of open data: the answers of MedQuAD (consumer health, CC BY 4.0), the articles of PLOS (CC BY) and
the paragraphs of XQuAD (Wikipedia, CC BY-SA 4.0). Answers and articles are cut into pieces of about a passage's length,
each counted once. Terms in at least three paragraphs are kept.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from eval.places import ROOT
from qa.query.background import FILE, Background, form
from qa.readers.files import read
from qa.text.sentences import split_sentences
from qa.text.terms import terms

LEAST = 3
WORDS = 120
"""Words of a piece, as in a passage."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    arguments = parser.parse_args()
    frequencies: Counter[str] = Counter()
    total = 0
    for name, texts in (("MedQuAD", medquad), ("PLOS", plos), ("XQuAD", xquad)):
        cut = list(dict.fromkeys(piece for text in texts(arguments.shared) for piece in pieces(text)))
        for piece in cut:
            frequencies.update(set(terms(piece)))
        total += len(cut)
        print(f"{name}: {len(cut)} paragraphs")
    kept = {term: count for term, count in frequencies.items() if count >= LEAST}
    path = ROOT / "qa" / "data" / FILE
    path.write_bytes(gzip.compress(form(Background(total, kept)).encode(), mtime=0))
    print(f"{total} paragraphs, {len(kept)} terms, {path.stat().st_size} bytes")


def medquad(shared: Path) -> Iterable[str]:
    with gzip.open(shared / "medquad" / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        return sorted({json.loads(line)["answer"] for line in lines})


def plos(shared: Path) -> Iterator[str]:
    for path in sorted((shared / "plos-jats").glob("*.xml")):
        document = read(path)
        yield from (document.text[section.start : section.end] for section in document.sections)


def xquad(shared: Path) -> Iterator[str]:
    for article in json.loads((shared / "xquad" / "xquad.en.json").read_text("utf-8"))["data"]:
        yield from (paragraph["context"] for paragraph in article["paragraphs"])


def pieces(text: str) -> Iterator[str]:
    """The text as runs of whole sentences, each of about ``WORDS`` words."""
    piece: list[str] = []
    for start, end in split_sentences(text):
        piece += text[start:end].split()
        if len(piece) >= WORDS:
            yield " ".join(piece)
            piece = []
    if piece:
        yield " ".join(piece)


if __name__ == "__main__":
    main()
