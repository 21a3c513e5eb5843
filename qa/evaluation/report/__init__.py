"""The saved form of an evaluation: ``results.json``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.evaluation.results import Evaluation


def to_dict(evaluation: Evaluation) -> dict[str, Any]:
    return asdict(evaluation)


def write(evaluation: Evaluation, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.json"
    path.write_text(json.dumps(to_dict(evaluation), ensure_ascii=False, indent=1), "utf-8")
    return [path]
