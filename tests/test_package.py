"""What ``import qa`` promises: the names, and no heavy library."""

import subprocess
import sys

from conftest import ROOT

import qa

HEAVY = ("numpy", "torch", "faiss", "sentence_transformers", "gradio", "sqlite3", "rich", "click")


def test_every_public_name_is_there_and_sorted() -> None:
    assert qa.__all__ == sorted(qa.__all__)
    assert all(hasattr(qa, name) for name in qa.__all__)


def test_importing_qa_loads_no_heavy_library() -> None:
    code = f"import sys, qa; print([name for name in {HEAVY} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(qa, "nonsense")
