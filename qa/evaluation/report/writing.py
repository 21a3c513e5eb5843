"""Writes reports as files. Each file appears whole or not at all, as it may be open while it is replaced."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from qa.errors import QAError
from qa.evaluation.report.changes import compare
from qa.evaluation.report.rendering import comparison_html, comparison_markdown, report_html, report_markdown
from qa.evaluation.report.saved import dumped
from qa.evaluation.results import Comparison, Evaluation


def write(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write ``report.html``, ``report.md`` and ``results.json`` into the folder, which is made if missing."""
    return _written(
        folder,
        {
            "results.json": dumped(evaluation),
            "report.html": report_html(evaluation),
            "report.md": report_markdown(evaluation),
        },
    )


def write_comparison(
    before: Evaluation, after: Evaluation, folder: Path, comparisons: Sequence[Comparison] = ()
) -> list[Path]:
    """Write ``comparison.html`` and ``comparison.md`` into the folder. For ``comparisons``, see ``compare``."""
    changes = compare(before, after, comparisons)
    return _written(
        folder, {"comparison.html": comparison_html(changes), "comparison.md": comparison_markdown(changes)}
    )


def _written(folder: Path, files: Mapping[str, str]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_replaced(folder / name, text) for name, text in files.items()]
    except OSError as error:
        raise QAError(f"{folder} cannot be written ({error.strerror}); name another folder.") from error


def _replaced(path: Path, text: str) -> Path:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        # UTF-8 cannot hold a lone surrogate, so it is escaped: correct in JSON, readable elsewhere.
        temporary.write_text(text, "utf-8", errors="backslashreplace", newline="\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
