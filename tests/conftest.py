"""Shared fixtures: an encoder whose vectors can be computed by hand, the built-in corpus, the other data."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import settings

import qa.ingest
from qa.encoders import OnnxEncoder, Vectors
from qa.library import Library
from qa.passage_reader import Reading
from qa.proof import worker
from qa.readers import parse
from qa.scorers import Scores
from qa.text import question_terms, terms

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"
BROWSERS = (os.environ.get("PINCITE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
qa.ingest.AHEAD = 1
"""Files are encoded one after another, so that ``WordEncoder`` sees terms in the same order at every run."""
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # on a busy machine the time of an example says nothing about the code
HOW_TO_HAVE_IT = (
    "install it (on Debian: apt install chromium), or name one with PINCITE_CHROMIUM, and run.py does the rest"
)


class WordEncoder:
    """A text's vector counts its search terms, one axis each in order of first sight, scaled to length 1.

    The cosine of two texts is thus the share of terms they have in common. A text without terms lies on
    the last axis, alone. A token is a word.
    """

    sha256 = "0" * 64
    runtime = "words"
    dimension = 2048
    max_tokens = 256

    _axes: ClassVar[dict[str, int]] = {}  # shared, so that another instance reads an old library right
    _lock: ClassVar[RLock] = RLock()  # files are encoded on several threads

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            self.encoded += len(texts)
        vectors = [self.encode_question(text) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, self.dimension), np.float32)

    def encode_question(self, question: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        with self._lock:
            for term in terms(question):
                vector[self._axes.setdefault(term, len(self._axes) % (self.dimension - 1))] += 1
        if not vector.any():
            vector[-1] = 1
        return vector / np.linalg.norm(vector)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


@pytest.fixture(autouse=True)
def parsed_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process, which is quick; tests marked ``isolated`` get one of its own, and may recognise text."""
    if "isolated" not in request.keywords:
        monkeypatch.setattr("qa.readers.parse_isolated", parse)
        monkeypatch.setattr("qa.proof.printed.words_isolated", worker.words)
        monkeypatch.setattr("qa.readers.recognition.is_installed", lambda: False)


class EvenScorer:
    """A PairScorer to whom all texts are alike, so that it changes no order."""

    def score(self, question: str, texts: Sequence[str]) -> Scores:
        return np.zeros(len(texts), np.float32)


class WordReader:
    """A PassageReader for whom each sentence answers as far as its passage has the words of the question."""

    sha256 = "1" * 64

    def read(self, passages: Sequence[Reading]) -> list[Scores]:
        return [np.full(len(one.sentences), 6 * term_share(one) - 3, np.float32) for one in passages]


def term_share(passage: Reading) -> float:
    """The share of the question's terms that the passage has."""
    asked = set(question_terms(passage.question))
    said = terms(" ".join([passage.head, *passage.sentences]))
    return len(asked.intersection(said)) / len(asked) if asked else 0.0


@pytest.fixture(autouse=True)
def scored_evenly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no models that read pairs or passages, which takes its time; tests marked ``model`` get the package's."""
    if "model" not in request.keywords:
        monkeypatch.setattr("qa.library.OnnxScorer", EvenScorer)
        monkeypatch.setattr("qa.library.OnnxReader", WordReader)
        fitted = frozenset({WordEncoder.sha256, WordReader.sha256})
        monkeypatch.setattr("qa.retrieval.support.FITTED_TO", fitted)


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
def model() -> OnnxEncoder:
    """The real default model."""
    return OnnxEncoder()


@pytest.fixture(scope="session")
def reviews(tmp_path_factory: pytest.TempPathFactory, model: OnnxEncoder) -> Iterator[Library]:
    """The three reviews, embedded by the real default model; not to be changed."""
    with Library(tmp_path_factory.mktemp("reviews") / "library", encoder=model) as made:
        made.add([CORPUS])
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; skips the test where it or Playwright is missing."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        pytest.skip(f"needs Chromium: {HOW_TO_HAVE_IT}")
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[browser]'")
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


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say in the last line what was left out, and how to have it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reporter.stats.get("skipped", ()))
    left_out = [f"{count} × {reason}" for reason, count in reasons.most_common()]
    if chosen := len(reporter.stats.get("deselected", ())):
        left_out.append(f"{chosen} × not chosen on the command line")
    if left_out:
        reporter.write_line(f"left out: {reasons.total() + chosen} tests: {'; '.join(left_out)}")
