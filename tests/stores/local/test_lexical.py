"""What the lexical search caches for a generation."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qa.readers.blocks import Block, assemble
from qa.records import Passage
from qa.stores.base import Entry, Model
from qa.stores.local.store import LocalStore

WORDS = [f"w{n}" for n in range(60)]
COMMONNESS = [1 / (1 + n) for n in range(60)]


def entry(number: int, chance: random.Random) -> Entry:
    texts = [" ".join(chance.choices(WORDS, COMMONNESS, k=chance.randint(3, 25))) for _ in range(10)]
    document = assemble([Block(text) for text in texts], source=f"{number}.txt", data=b"", metadata={})
    at, passages = 0, list[Passage]()
    for text in texts:
        at = document.text.index(text, at)
        passages.append(Passage(document.doc_id, at, at + len(text), "", None))
    return Entry(document, passages, np.eye(10, dtype=np.float32), [], np.zeros((0, 10), np.float32))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    chance = random.Random(5)
    with closing(LocalStore.create(tmp_path, Model("none", "", 10))) as store:
        with store.writer(10):
            for number in range(4):
                store.put(f"/{number}", str(number), entry(number, chance))
        yield store


def test_how_often_a_term_occurs_is_looked_up_anew_after_a_change(store: LocalStore) -> None:
    before, size = store.index.document_frequencies(["w0", "nowhere"]), store.index.size()
    assert store.index.document_frequencies(["w0"]) == before == {"w0": before["w0"]}
    with store.writer(10):
        store.put("/more", "more", entry(99, random.Random(99)))
    assert store.index.size() == size + 10
    assert store.index.document_frequencies(["w0"])["w0"] > before["w0"]
