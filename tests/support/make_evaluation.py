"""An artificial evaluation that looks real: sentences of the corpus with random verdicts.

The figures follow from the verdicts, but the intervals and tests are only roughly right. It is for testing
the reports, not the statistics.
"""

import math
import random
import re
from collections.abc import Sequence
from functools import cache

from qa.evaluation.results import (
    CalibrationBin,
    Comparison,
    Estimate,
    Evaluation,
    Found,
    Gold,
    QuestionResult,
    RiskCoverage,
    SystemResult,
    Verdict,
)
from tests.support.places import CORPUS

KINDS = ("factoid", "mechanism", "paraphrase", "list", "comparison")

RANKS: dict[Verdict, tuple[int | None, ...]] = {
    "right": (1, 1, 1, 2, 3),
    "right later": (1, 2, 3, 4),
    "wrong sentence": (1, 2, 3, 4, 5),
    "ranked low": (6, 7, 8, 9, 10),
    "wrongly refused": (1, 2, None),
}

OUTCOMES: Sequence[Verdict] = (
    "right",
    "right later",
    "wrong sentence",
    "ranked low",
    "not retrieved",
    "wrongly refused",
)

Sentence = tuple[str, int, int]


@cache
def sentences() -> dict[str, list[Sentence]]:
    """The sentences of each text of the corpus, with their offsets."""
    return {
        path.name: [
            (match.group(), match.start(), match.end())
            for match in re.finditer(r"[A-Z][^.]{60,280}\.", path.read_text("utf-8"))
        ]
        for path in sorted(CORPUS.glob("*.txt"))
    }


def evaluation(
    count: int = 120, seed: int = 7, quality: float = 1.0, systems: Sequence[str] = ("Pincite", "BM25", "MiniLM dense")
) -> Evaluation:
    """``quality`` raises the share of right verdicts. Each further system is slightly worse."""
    made = [
        system(name, count, seed, quality * 0.8**place, random.Random(f"{seed}{name}{quality}"))
        for place, name in enumerate(systems)
    ]
    return Evaluation(
        question_set={
            "name": "Cytokine reviews",
            "sha256": "5f" * 32,
            "questions": count,
            "answerable": count - count // 6,
            "kinds": {kind: sum(q.kind == kind for q in made[0].questions) for kind in KINDS},
        },
        library={
            "generation": 4,
            "model": "all-MiniLM-L6-v2",
            "model_sha256": "53aa" * 16,
            "documents": 3,
            "passages": 96,
            "pincite": "0.1.0",
        },
        environment={
            "python": "3.11.9",
            "packages": {"faiss-cpu": "1.15.1", "torch": "2.13.0"},
            "processor": "x86-64 at 2.4 GHz",
            "cores": 2,
            "date": f"2026-11-{20 + seed % 9}",
        },
        seed=seed,
        systems=tuple(made),
        comparisons=tuple(compared(made[0], other, name) for name in ("Success@5", "Sentence@1") for other in made[1:]),
    )


def system(name: str, count: int, seed: int, quality: float, chance: random.Random) -> SystemResult:
    asked = random.Random(seed)  # the same questions for every system
    results = tuple(question(f"c{580 + i}", asked, quality, chance) for i in range(count))
    kinds = {kind: [result for result in results if result.kind == kind] for kind in KINDS}
    return SystemResult(
        name=name,
        description="dense .4, lexical .3, sentence .3; threshold .25"
        if name == "Pincite"
        else f"{name} alone, 10 passages",
        questions=results,
        summary=summary(results),
        by_kind={kind: summary(found) for kind, found in kinds.items() if found},
        risk_coverage=curve(results),
        calibration=bins(results),
        calibration_error=0.041,
        auroc=0.888 if name == "Pincite" else None,
        seconds={"p50": 0.032 / (1 + len(name) % 4), "p90": 0.051, "p99": 0.094 * (1 + len(name) % 3)},
        size={"documents": 3, "passages": 96, "bytes": 1_204_331},
    )


def question(id_: str, asked: random.Random, quality: float, chance: random.Random) -> QuestionResult:
    source = asked.choice(sorted(sentences()))
    kind, answerable, place = (
        asked.choice(KINDS),
        asked.random() > 1 / 6,
        asked.randrange(5, len(sentences()[source]) - 5),
    )
    text, start, end = sentences()[source][place]
    if not answerable:
        refused = chance.random() < 0.7 * quality
        return result(
            id_,
            f"What dose of {text.split()[0]} was given?",
            kind,
            "rightly refused" if refused else "wrongly answered",
            None,
            gold=[],
            source=source,
            place=place,
            chance=chance,
        )
    weights = (6.2 * quality * (0.5 if kind == "list" else 1), 1.4, 0.9, 0.6, 0.8 / quality, 0.5)
    verdict = chance.choices(OUTCOMES, weights)[0]
    rank = chance.choice(RANKS.get(verdict, (None,)))
    gold = Gold(source, text[:-1][20:], start + 20, end - 1)
    words = " ".join(text.split()[:12]).rstrip(",;:")
    return result(
        id_,
        f"What is said of “{words} …”?",
        kind,
        verdict,
        rank,
        gold=[gold],
        source=source,
        place=place,
        chance=chance,
    )


def result(
    id_: str,
    asked: str,
    kind: str,
    verdict: Verdict,
    rank: int | None,
    *,
    gold: list[Gold],
    source: str,
    place: int,
    chance: random.Random,
) -> QuestionResult:
    hits = [passage(source, place, at == rank, chance) for at in range(1, 11)]
    refused = verdict in ("rightly refused", "wrongly refused")
    shown = [] if refused else answer(verdict, gold, source, chance)
    confidence = {"right": 0.78, "right later": 0.66, "rightly refused": 0.15, "wrongly refused": 0.2}.get(verdict, 0.5)
    first = {"right": 1.0}.get(verdict, 0.0)
    return QuestionResult(
        id=id_,
        question=asked,
        kind=kind,
        answerable=bool(gold),
        gold=tuple(gold),
        verdict=verdict,
        abstained=refused,
        reason="weak_evidence" if refused else None,
        confidence=round(min(max(chance.gauss(confidence, 0.12), 0), 1), 4),
        rank=rank,
        measures={
            "Success@1": float(rank == 1),
            "Success@5": float((rank or 99) <= 5),
            "RR@10": 1 / rank if rank else 0.0,
            "nDCG@10": 1 / math.log2(rank + 1) if rank else 0.0,
            "Sentence@1": first,
        }
        if gold
        else {},
        hits=tuple(hits),
        sentences=tuple(shown),
        seconds=chance.uniform(0.02, 0.06),
    )


def passage(source: str, place: int, right: bool, chance: random.Random) -> Found:
    """A passage of up to four sentences of a text, around the gold sentence or elsewhere."""
    name = source if right or chance.random() < 0.5 else chance.choice(sorted(sentences()))
    known, text = sentences()[name], (CORPUS / name).read_text("utf-8")
    others = [at for at in range(len(known) - 3) if name != source or not at <= place <= at + 2]
    at = place - 1 if right else chance.choice(others)
    start, end = known[at][1], known[min(at + 2, len(known) - 1)][2]
    return Found(name, "Discussion › Toxicity", text[start:end], start, end, right)


def answer(verdict: Verdict, gold: list[Gold], source: str, chance: random.Random) -> list[Found]:
    known = sentences()[source]
    places = chance.sample([s for s in known if not gold or not s[1] <= (gold[0].start or 0) < s[2]], 3)
    shown = [Found(source, "Discussion", *chosen, right=False) for chosen in places]
    at = {"right": 0, "right later": 1}.get(verdict)
    if at is not None and gold:
        holding = next(s for s in known if s[1] <= (gold[0].start or 0) < s[2])
        shown[at] = Found(source, "Discussion", *holding, right=True)
    return shown


def summary(results: Sequence[QuestionResult]) -> dict[str, Estimate]:
    names = next((list(found.measures) for found in results if found.measures), [])
    return {name: estimate([found.measures[name] for found in results if name in found.measures]) for name in names}


def estimate(values: Sequence[float]) -> Estimate:
    mean, n = sum(values) / len(values), len(values)
    half = 1.96 * math.sqrt(max(mean * (1 - mean), 0.01) / n)
    return Estimate(mean, max(mean - half, 0), min(mean + half, 1), n)


def wrong(found: QuestionResult) -> bool:
    return found.verdict not in ("right", "right later")


def curve(results: Sequence[QuestionResult]) -> RiskCoverage:
    ordered = sorted(results, key=lambda found: -found.confidence)
    errors = [sum(map(wrong, ordered[:n])) / n for n in range(1, len(ordered) + 1)]
    return RiskCoverage(
        tuple(n / len(ordered) for n in range(1, len(ordered) + 1)), tuple(errors), sum(errors) / len(errors)
    )


def bins(results: Sequence[QuestionResult]) -> tuple[CalibrationBin, ...]:
    groups = [
        [r for r in results if step <= 10 * r.confidence < step + 1 or r.confidence == 1 == step - 8]
        for step in range(10)
    ]
    return tuple(
        CalibrationBin(sum(r.confidence for r in g) / len(g), sum(not wrong(r) for r in g) / len(g), len(g))
        for g in groups
        if g
    )


def compared(first: SystemResult, second: SystemResult, measure: str = "Success@5") -> Comparison:
    pairs = [
        (a.measures[measure], b.measures[measure])
        for a, b in zip(first.questions, second.questions, strict=True)
        if measure in a.measures
    ]
    gains = [b - a for a, b in pairs]
    mean, n = sum(gains) / len(gains), len(gains)
    error = math.sqrt(max(sum((gain - mean) ** 2 for gain in gains), 0.01)) / n
    p = math.erfc(abs(mean) / error / math.sqrt(2))
    return Comparison(
        measure,
        first.name,
        second.name,
        mean,
        mean - 1.96 * error,
        mean + 1.96 * error,
        p,
        min(1, 2 * p),
        2.8 * error,
        n,
    )
