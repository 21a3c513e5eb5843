"""What an evaluation finds, as frozen records, and their JSON form.

Reports, comparisons and the gate use only these records. So a saved evaluation can be reported and compared
again without its library. Measures have the names that ``ir-measures`` prints (``Success@5``, ``nDCG@10``,
``RR@10``) or the standard term of their field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal[
    "right",  # answered, and the first sentence is a gold one
    "right later",  # answered, and the second or third sentence is the first gold one
    "rightly refused",
    "not retrieved",  # no right passage among the hits
    "ranked low",  # a right passage below the fifth hit, and no gold sentence shown
    "wrong sentence",  # a right passage among the first five hits, and no gold sentence shown
    "wrongly refused",
    "wrongly answered",  # the question has no answer here
]


@dataclass(frozen=True, slots=True)
class Gold:
    """One gold quote. ``start`` and ``end`` are character offsets in the document's canonical text.

    They are None if the document does not hold the quote; then no system can find it. ``others`` are the
    spans of further places with the same words.
    """

    source: str
    quote: str
    start: int | None
    end: int | None
    others: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A passage or an answer sentence that a system gave, and whether it is right.

    ``start`` and ``end`` are character offsets in the document's canonical text. Both are 0 if the document
    does not have the words.
    """

    source: str
    section: str
    text: str
    start: int
    end: int
    right: bool
    score: float | None = None
    """The system's own score, higher is better; None if it gave none."""


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """How one system fared on one question.

    ``measures`` holds the value of every measure that is defined for this question, higher is better;
    retrieval and answer measures are only defined for answerable questions. ``rank`` is that of the first
    right passage, counted from 1; None if no hit is right.
    """

    id: str
    question: str
    kind: str
    answerable: bool
    gold: Sequence[Gold]
    verdict: Verdict
    abstained: bool
    reason: str | None
    confidence: float
    rank: int | None
    measures: Mapping[str, float]
    hits: Sequence[Found]
    """Best first; only those that are judged (10)."""
    sentences: Sequence[Found]
    """Best first."""
    seconds: float
    """Wall time of this question on a warm library."""
    supported: bool = False
    """Whether a sentence is gold that the system shows, or would show if it never refused."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over ``count`` questions with its 95% bootstrap interval."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The most confident questions are answered first: the share answered, and the share of those that is wrong.

    An answer is wrong if the question has no answer or no sentence shown is gold; a refused question is judged by the
    sentences that would be shown. ``coverage`` rises; ``risk`` has one value for each. ``area`` is the area under the
    curve (AURC), lower is better.
    """

    coverage: Sequence[float]
    risk: Sequence[float]
    area: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Questions of similar confidence: their mean confidence, and the share that was supported."""

    confidence: float
    supported: float
    count: int


@dataclass(frozen=True, slots=True)
class SystemResult:
    """Everything measured of one system (a configuration, or a user's own retriever)."""

    name: str
    description: str
    """Its settings in words."""
    questions: Sequence[QuestionResult]
    summary: Mapping[str, Estimate]
    """Measure to its estimate over all questions for which it is defined."""
    by_kind: Mapping[str, Mapping[str, Estimate]]
    """Kind of question to measure to estimate."""
    risk_coverage: RiskCoverage
    calibration: Sequence[CalibrationBin]
    calibration_error: float
    """Expected calibration error, 0 to 1, lower is better."""
    auroc: float | None
    """AUROC of the confidence, answerable against unanswerable questions; None if either kind is missing."""
    seconds: Mapping[str, float]
    """Percentiles of the time of one question: "p50", "p90", "p99"."""
    size: Mapping[str, int]
    """"documents", "passages", "bytes" of the index that it searched."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same questions, by a paired randomisation test."""

    measure: str
    first: str
    second: str
    difference: float
    """Mean of second minus first."""
    low: float
    high: float
    p: float
    """Two-sided, before correction."""
    p_holm: float
    """After Holm's correction over all comparisons of the evaluation."""
    detectable: float
    """The least true difference that a set like this shows at the 5% level with a power of 80%."""
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One run of ``qa eval``. The first system is the one that the report is about."""

    question_set: Mapping[str, Any]
    """"name", "sha256", "questions", "answerable", "kinds" (kind to count)."""
    library: Mapping[str, Any]
    """As in an Answer: generation, model, model_sha256, documents, passages, pincite."""
    environment: Mapping[str, Any]
    """"python", "packages" (name to version), "processor", "cores", "date"."""
    seed: int
    systems: Sequence[SystemResult]
    comparisons: Sequence[Comparison] = field(default=())
