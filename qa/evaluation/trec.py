"""TREC's qrels and run files, so that trec_eval and other systems can join.

A line of qrels is ``question 0 docno relevance``; a line of a run is ``question Q0 docno rank score tag``.
A docno is ``FILE#START-END``, with character offsets in the document's canonical text. Ids, file names and
tags are percent-encoded, so that they have no white space.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np

from qa.errors import EvaluationError
from qa.evaluation.measures import Run
from qa.evaluation.relevance import Qrels, encoded, place_of
from qa.evaluation.systems import Piece, Response, System
from qa.records import Document, Question

if TYPE_CHECKING:
    from qa.evaluation.runner import Measured


def write(measured: Sequence["Measured"], folder: Path) -> list[Path]:
    """Write ``qrels.txt`` and a run ``NAME.run`` for each system. Returns the paths written.

    The qrels depend on the chunking: a system with other passages than the first gets its own ``NAME.qrels``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / "qrels.txt": _qrels_lines(measured[0].qrels)}
    for one in measured:
        name = encoded(one.result.name)
        files[folder / f"{name}.run"] = _run_lines(one.run, name)
        if one.qrels != measured[0].qrels:
            files[folder / f"{name}.qrels"] = _qrels_lines(one.qrels)
    for path, lines in files.items():
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return list(files)


def _qrels_lines(qrels: Qrels) -> list[str]:
    return [
        f"{encoded(question)} 0 {number} {relevance}"
        for question, judged in qrels.items()
        for number, relevance in judged.items()
    ]


def _run_lines(run: Run, tag: str) -> list[str]:
    return [
        f"{encoded(question)} Q0 {number} {rank} {score!r} {tag}"
        for question, scores in run.items()
        for rank, (number, score) in enumerate(scores.items(), 1)
    ]


def read_qrels(path: Path) -> Qrels:
    """The judgments of a qrels file. EvaluationError if it is not in that form."""
    qrels: Qrels = {}
    for question, _, number, relevance in _fields(path, 4, "question 0 docno relevance"):
        qrels.setdefault(unquote(question), {})[number] = int(_number(relevance, path))
    return qrels


def read_run(path: Path) -> Run:
    """The scores of a run file, best first for each question. EvaluationError if it is not in that form.

    As in trec_eval, the score decides the order, not the rank in the file; ties go by docno.
    """
    run: Run = {}
    for question, _, number, _, score, _ in _fields(path, 6, "question Q0 docno rank score tag"):
        run.setdefault(unquote(question), {})[number] = _number(score, path)
    return {question: dict(sorted(scores.items(), key=_by_score, reverse=True)) for question, scores in run.items()}


def _by_score(pair: tuple[str, float]) -> tuple[Any, str]:
    return np.float32(pair[1]), pair[0]


def _fields(path: Path, count: int, form: str) -> list[list[str]]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read as a TREC file ({error}); check the path.") from error
    rows = [(number, line.split()) for number, line in enumerate(lines, 1) if line.strip()]
    wrong = next((number for number, row in rows if len(row) != count), None)
    if wrong or not rows:
        raise EvaluationError(f"{path}, line {wrong or 1}, is not of the form '{form}'; mend that line.")
    return [row for _, row in rows]


def _number(text: str, path: Path) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise EvaluationError(f"{path} has {text!r} where a number belongs; mend that line.")
    return value


class RunSystem(System):
    """A run file of any system over documents of the library. Its passages are found by docno."""

    def __init__(self, path: Path, documents: Mapping[str, Document], passages: Sequence[Piece]) -> None:
        """``passages`` are the library's. If the run has other passages, only what it returned is judged."""
        self.name = path.stem
        self.description = f"the run file {path.name}"
        self._run = {
            question: [_piece(number, score, documents, path) for number, score in scores.items()]
            for question, scores in read_run(path).items()
        }
        known = {(one.source, one.start, one.end) for one in passages}
        returned = {(one.source, one.start, one.end) for pieces in self._run.values() for one in pieces}
        self._passages = passages if returned <= known else None

    def ask(self, question: Question) -> Response:
        return Response(self._run.get(question.id, []))

    def passages(self) -> Sequence[Piece] | None:
        return self._passages


def _piece(number: str, score: float, documents: Mapping[str, Document], path: Path) -> Piece:
    source, start, end = place_of(number)
    document = documents.get(source)
    if document is None or not start < end <= len(document.text):
        raise EvaluationError(f"{path} names {number}, which the library does not have; use the library it is about.")
    section = next((one.name for one in document.sections if one.start <= start < one.end), "")
    return Piece(source, document.text[start:end], start, end, section, score)
