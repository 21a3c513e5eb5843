"""Training passages for the reader from open articles, cut as a library cuts them, with their questions."""

import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from eval.training.questions import WRITTEN, written
from eval.training.reader_passages import Passage, holding
from eval.training.reader_trials import open_articles
from qa.indexing.chunking import DEFAULT_LIMITS, passages, quotable_sentences
from qa.models.encoders import load_encoder
from qa.readers.files import read
from qa.text.scripts import as_typed

PASSAGES = WRITTEN / "articles.passages.jsonl"
READERS = 2
"""Articles read at a time, each in its own process."""


def own_articles(data: Path, _: random.Random) -> Iterator[Passage]:
    texts = article_passages(data)
    for one in written("articles"):
        doc, head, sentences = texts[one.about]
        right = holding(sentences, [quote for _, quote in one.question.answers])
        yield Passage(
            as_typed(one.question.question), list(map(as_typed, sentences)), right, doc, as_typed(head), one.about
        )


def article_passages(data: Path) -> dict[str, tuple[str, str, list[str]]]:
    """Each passage with questions, by its name: its article, its title and headings, its sentences.

    Raises ValueError if an article no longer has a passage that begins as the list says.
    """
    wanted: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for line in PASSAGES.read_text("utf-8").splitlines():
        form = json.loads(line)
        wanted[form["doc"]].append(form)
    found = {}
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(READERS) as pool:
        files = extracted(data, wanted, Path(made))
        for file, cut in zip(files, pool.map(_cut, files), strict=True):
            for form in wanted[file.name]:
                fit = [(head, held) for head, held in cut if held[0] == form["from"] and len(held) == form["sentences"]]
                if not fit:
                    raise ValueError(f"{file.name} has no passage any more that begins: {form['from']}")
                found[form["id"]] = (file.name, *fit[0])
    return found


def extracted(data: Path, names: Collection[str], folder: Path) -> list[Path]:
    """The articles of these file names, extracted to the folder."""
    for name, jats in open_articles(data, names):
        (folder / name).write_bytes(jats)
    return [folder / name for name in sorted(names)]


def _cut(file: Path) -> list[tuple[str, list[str]]]:
    """An article's passages: title and headings, and sentences."""
    encoder, document = load_encoder(), read(file)

    def count_tokens(texts: Sequence[str]) -> list[int]:
        return encoder.count_tokens(list(map(as_typed, texts)))

    sentences = quotable_sentences(document, DEFAULT_LIMITS, count_tokens)
    return [
        (
            ". ".join(part for part in (document.title, passage.section) if part),
            [document.text[s.start : s.end] for s in sentences if passage.start <= s.start and s.end <= passage.end],
        )
        for passage in passages(document, sentences, DEFAULT_LIMITS)
    ]
