"""Paths in the repository."""

from pathlib import Path

EVAL = Path(__file__).resolve().parent
ROOT = EVAL.parent
