"""Shared fixtures: an encoder whose vectors can be computed by hand, the built-in corpus, the other data."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from qa.encoders import SentenceTransformerEncoder, Vectors
from qa.library import Library
from qa.readers import parse
from qa.scorers import Scores
from qa.text import terms

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"


class WordEncoder:
    """A text's vector counts its search terms, one axis each in order of first sight, scaled to length 1.

    The cosine of two texts is thus the share of terms they have in common. A text without terms lies on
    the last axis, alone. A token is a word.
    """

    sha256 = "0" * 64
    dimension = 512
    max_tokens = 256

    _axes: ClassVar[dict[str, int]] = {}  # shared, so that another instance reads an old library right

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        return np.stack([self.encode_question(text) for text in texts]) if texts else np.zeros((0, 512), np.float32)

    def encode_question(self, question: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        for term in terms(question):
            vector[self._axes.setdefault(term, len(self._axes) % 511)] += 1
        if not vector.any():
            vector[511] = 1
        return vector / np.linalg.norm(vector)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


@pytest.fixture(autouse=True)
def parsed_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process, which is quick; tests marked ``isolated`` get the process of its own."""
    if "isolated" not in request.keywords:
        monkeypatch.setattr("qa.readers.parse_isolated", parse)


class EvenScorer:
    """A PairScorer to whom all texts are alike, so that it changes no order."""

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        return np.zeros(len(texts), np.float32)


@pytest.fixture(autouse=True)
def scored_evenly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read no pairs, which takes its time; tests marked ``model`` get the scorer of the package."""
    if "model" not in request.keywords:
        monkeypatch.setattr("qa.library.OnnxScorer", EvenScorer)


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def library(tmp_path: Path, words: WordEncoder) -> Iterator[Library]:
    """The three reviews, embedded by words: quick, and made anew for each test."""
    with Library(tmp_path / "library", encoder=words) as made:
        made.add([CORPUS])
        yield made


@pytest.fixture(scope="session")
def model() -> SentenceTransformerEncoder:
    """The real default model, loaded once."""
    return SentenceTransformerEncoder()


@pytest.fixture(scope="session")
def reviews(tmp_path_factory: pytest.TempPathFactory, model: SentenceTransformerEncoder) -> Iterator[Library]:
    """The three reviews, embedded by the real default model; not to be changed."""
    with Library(tmp_path_factory.mktemp("reviews") / "library", encoder=model) as made:
        made.add([CORPUS])
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; skips the test where it or Playwright, which is not a dependency, is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright, which is not a dependency")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium")
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        started = playwright.chromium.launch(executable_path=chromium, headless=True, args=flags)
        yield started
        started.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data that does not come with the repository; skips the test where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which does not come with the repository")
    return SHARED
