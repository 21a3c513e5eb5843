"""Shared fixtures: an encoder with vectors that can be computed by hand, the built-in corpus, other data."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import qa.indexing.ingest
from qa.answering.answer import Answering
from qa.library import Library
from qa.models.encoders import OnnxEncoder
from qa.proof import worker
from qa.readers.files import parse
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS, SHARED

BROWSERS = (os.environ.get("PINCITE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
qa.indexing.ingest.AHEAD = 1
"""Files are encoded one after another, so ``WordEncoder`` sees terms in the same order in every run."""
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # on a busy machine the time says nothing about the code
HOW_TO_HAVE_IT = (
    "install it (on Debian: apt install chromium), or name one with PINCITE_CHROMIUM, and run.py does the rest"
)


@pytest.fixture(autouse=True)
def parsed_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process, which is quick. Tests marked ``isolated`` use a separate process and may use OCR."""
    if "isolated" not in request.keywords:
        monkeypatch.setattr("qa.readers.files.parse_isolated", parse)
        monkeypatch.setattr("qa.proof.printed.words_isolated", worker.words)
        monkeypatch.setattr("qa.readers.ocr.recognition.is_installed", lambda: False)


@pytest.fixture(autouse=True)
def scored_evenly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no passage reader, because that is slow. Tests marked ``model`` use the real one.

    The word-based reader orders nothing, and sentences that score far below the first are shown too.
    """
    if "model" not in request.keywords:
        monkeypatch.setitem(Library.__init__.__kwdefaults__, "answering", Answering(behind=9.0))
        monkeypatch.setattr("qa.library.library.OnnxReader", WordReader)
        fitted = frozenset({WordEncoder.sha256, WordReader.sha256})
        monkeypatch.setattr("qa.answering.support.FITTED_TO", fitted)


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the three reviews, embedded by words. Tests copy it."""
    folder = tmp_path_factory.mktemp("template") / "library"
    with pytest.MonkeyPatch.context() as patched, Library(folder, encoder=WordEncoder()) as made:
        patched.setattr("qa.readers.files.parse_isolated", parse)
        made.add([CORPUS])
    return folder


@pytest.fixture
def library(tmp_path: Path, template: Path, words: WordEncoder) -> Iterator[Library]:
    """The three reviews, embedded by words. It is quick, and each test gets its own copy."""
    with Library(shutil.copytree(template, tmp_path / "library"), encoder=words) as made:
        yield made


@pytest.fixture(scope="session")
def model() -> OnnxEncoder:
    """The real default model."""
    return OnnxEncoder()


@pytest.fixture(scope="session")
def reviews(tmp_path_factory: pytest.TempPathFactory, model: OnnxEncoder) -> Iterator[Library]:
    """The three reviews, embedded by the real default model. Tests must not change it."""
    with Library(tmp_path_factory.mktemp("reviews") / "library", encoder=model) as made:
        made.add([CORPUS])
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. Skips the test if it or Playwright is missing."""
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
    """The folder of data outside the repository. Skips the test if it is missing."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which does not come with the repository")
    return SHARED


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print in the last line which tests were left out, and what they need."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reporter.stats.get("skipped", ()))
    left_out = [f"{count} × {reason}" for reason, count in reasons.most_common()]
    if chosen := len(reporter.stats.get("deselected", ())):
        left_out.append(f"{chosen} × not chosen on the command line")
    if left_out:
        reporter.write_line(f"left out: {reasons.total() + chosen} tests: {'; '.join(left_out)}")
