"""Real documents for proofs: the built-in corpus, and articles from a data folder if there is one."""

import random
from pathlib import Path

from eval.places import ROOT
from qa.errors import QAError
from qa.readers.files import read
from qa.records import EVIDENCE_ROLES, Document
from qa.text.sentences import is_fragment, split_sentences

DATA = ROOT.parent / "shared" / "data"
_ARTICLES = ("plos-jats/*.xml", "pdf-real/*.xml")


def files(data: Path, count: int, seed: int) -> list[Path]:
    """The texts of the corpus, and at most ``count`` random articles under ``data``."""
    articles = sorted(path for pattern in _ARTICLES for path in data.glob(pattern))
    return [*sorted((ROOT / "corpus").glob("*.txt")), *random.Random(seed).sample(articles, min(count, len(articles)))]


def documents(paths: list[Path]) -> list[Document]:
    """Those that can be read."""
    found = []
    for path in paths:
        try:
            found.append(read(path))
        except QAError:
            continue
    return found


def sentences(document: Document) -> list[str]:
    """The whole sentences that can be quoted."""
    parts = (document.text[s.start : s.end] for s in document.sections if s.role in EVIDENCE_ROLES)
    every = (part[start:end] for part in parts for start, end in split_sentences(part))
    return [one for one in every if not is_fragment(one)]
