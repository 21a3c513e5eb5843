"""Rerankers of pairs, each trained without some articles, as ``train_scorer.py`` keeps them in a folder."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from qa.models.reranker import OnnxReranker

RECORD = "folds.json"


def record(folder: Path, articles: Mapping[Path, list[str]]) -> None:
    """Record which articles each reranker, a file in the folder, has not seen."""
    found = [{"file": path.name, "sha256": sha256(path), "articles": unseen_by} for path, unseen_by in articles.items()]
    (folder / RECORD).write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def unseen(folder: Path) -> dict[str, OnnxReranker]:
    """For each article, by file name, a reranker that was not trained on it."""
    scorers: dict[str, OnnxReranker] = {}
    for fold in json.loads((folder / RECORD).read_text("utf-8")):
        scorers |= dict.fromkeys(fold["articles"], OnnxReranker(folder / fold["file"], fold["sha256"]))
    return scorers


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
