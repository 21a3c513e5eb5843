"""``import qa`` gives the promised names and loads no heavy library."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import onnxruntime
import pytest

import qa
from qa.models import encoders, reader, runtime
from qa.models.encoders import OnnxEncoder
from qa.profile import profile
from tests.support.places import ROOT

HEAVY = frozenset(
    "numpy torch faiss sentence_transformers transformers onnxruntime tokenizers gradio fastapi uvicorn httpx pydantic "
    "sqlite3 rich pypdf pypdfium2 PIL lxml bs4 html5lib rapidfuzz jinja2 cryptography email http asyncio".split()
)


def loaded(code: str) -> set[str]:
    """The modules that Python loads for this code, without those loaded at its start."""
    counted = f"import sys; before = set(sys.modules); {code}; print(*(set(sys.modules) - before), file=sys.stderr)"
    shown = subprocess.run([sys.executable, "-c", counted], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(shown.stderr.split())


def test_every_public_name_is_there_and_sorted() -> None:
    assert qa.__all__ == sorted(qa.__all__)
    assert all(hasattr(qa, name) for name in qa.__all__)


def test_importing_qa_loads_none_of_its_modules_and_no_library() -> None:
    found = loaded("import qa")
    assert {name for name in found if name.startswith("qa")} == {"qa"}
    assert not {name.partition(".")[0] for name in found} & (HEAVY | {"click", "dataclasses"})


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["serve", "--help"], ["documents"]])
def test_a_command_loads_nothing_that_it_does_not_need(arguments: list[str], tmp_path: Path) -> None:
    found = loaded(f"import os, qa.faces.cli.main; os.chdir({str(tmp_path)!r}); qa.faces.cli.main.run({arguments})")
    assert "qa.faces.cli.main" in found
    heavy = {name.partition(".")[0] for name in found} & HEAVY
    assert not heavy if "--help" in arguments else not heavy & {"torch", "gradio", "onnxruntime", "pypdf", "pypdfium2"}


def test_a_name_brings_the_module_that_has_it_and_no_other() -> None:
    assert "qa.library" not in loaded("import qa; qa.Answer")
    assert not {name.partition(".")[0] for name in loaded("import qa; qa.open")} & {"torch", "gradio", "transformers"}


USED = """
import sys, tempfile, qa, qa.faces.cli.main
from pathlib import Path

with tempfile.TemporaryDirectory() as folder, qa.open(Path(folder, "library")) as library:
    text = Path(folder, "il2.txt")
    text.write_text("High-dose IL-2 is limited by its severe toxicity. It was the first immunotherapy.")
    library.add([text])
    assert library.search("What limits IL-2?") and library.ask("What limits IL-2?").hits
    import qa.faces.web.application
print([name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules])
"""


@pytest.mark.model
def test_adding_searching_asking_and_serving_never_import_torch() -> None:
    shown = subprocess.run([sys.executable, "-c", USED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(qa, "nonsense")


ADD = "import sys, qa; qa.open(sys.argv[1]).add([sys.argv[2]])"
ASK = "import sys, qa; qa.open(sys.argv[1]).ask('What limits IL-2?'); print(*sys.modules)"
NOT_ASKED = (
    "filelock rapidfuzz importlib.metadata rich lxml pypdf click qa.indexing.ingest qa.readers.files "
    "qa.indexing.embedding qa.readers.formats qa.proof.exports qa.stores.conversations qa.proof.checking "
    "qa.answering.comparison qa.query.followups cryptography.hazmat.primitives.serialization"
).split()


@pytest.mark.model
def test_a_question_waits_for_nothing_that_only_other_commands_need(tmp_path: Path) -> None:
    text, library = tmp_path / "il2.txt", str(tmp_path / "library")
    text.write_text("High-dose IL-2 is limited by its severe toxicity. It was the first immunotherapy.")
    subprocess.run([sys.executable, "-c", ADD, library, str(text)], cwd=ROOT, check=True)
    shown = subprocess.run([sys.executable, "-c", ASK, library], cwd=ROOT, capture_output=True, text=True, check=True)
    found = set(shown.stdout.split())
    assert {"qa.answering.answer", "onnxruntime", "cryptography"} <= found
    assert not found & set(NOT_ASKED)


@pytest.mark.model
def test_threads_that_ask_at_once_load_a_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded_once = Mock(wraps=onnxruntime.InferenceSession)
    monkeypatch.setattr("onnxruntime.InferenceSession", loaded_once)
    runtime._loaded.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(OnnxEncoder().encode_question, ["What limits IL-2?"] * 8))
    assert loaded_once.call_count == 1


def test_the_profile_is_of_the_models_that_come_along() -> None:
    assert profile()["models"] == {
        "encoder": encoders.ENCODER_SHA256,
        "reader": reader.READER_SHA256,
    }
