"""Train the reader of passages, write it, and measure it on passages that it has not seen.

    python -m eval.training.train_reader DATA --checkpoint FILE [--begin FILE] [--out FILE] [--minutes N] [--layers N]
        [--frozen N] [--mix SHARE] [--seed N] [--passages N] [--whole LETTERS] [--without SET ...] [--limit N]
        [--measure]

DATA holds ``reader``, ``xquad``, ``plos-jats``, ``covidqa-dev``, ``medquad`` and ``pmc_rct_ccby_jats``. The training
sets are in ``reader_sets.py``; ``reader_negatives.py`` and ``reader_pairs.py`` make more from them. Last come the first
hits of training questions and of near misses, in ``reader_found.py``, unless --without found is given. Held out are
four articles of SQuAD 2, a tenth of the groups of each other set, whatever shares a sentence with these, and the test
file of SelQA. Nothing is learned from the experts' questions of COVID-QA, from MedQuAD's own, or from the built-in
reviews. The checkpoint is resumed if it exists. With --begin the training starts from the weights of an existing
reader; another --seed draws other passages of the large sets, and makes other negatives. With --passages only that many
are drawn, and all those of articles whose names begin with one of the letters of --whole. With --mix that share of the
learned weights is written, mixed with the rest of the starting weights. The reader is written as ONNX in 8 bits to
--out, and the SHA-256 for ``qa/models/reader.py`` is printed. Then, or at once with --measure, the file in --out is
measured on each held-out set: the AUROC of a passage's best log-odds (does any sentence answer?), and for passages with
an answer the share whose first sentence is right, MAP and MRR. For SQuAD 2 it is also the F1 of answerability, at the
best threshold of the other half of the articles.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from statistics import fmean
from zlib import crc32

from eval.training.onnx_files import sha256
from eval.training.reader_found import of_articles, of_near_misses, of_trials
from eval.training.reader_negatives import negatives
from eval.training.reader_pairs import pairs
from eval.training.reader_passages import Passage
from eval.training.reader_sets import SETS, passages, selection
from qa.evaluation.abstention import auroc
from qa.models.reader import READER, OnnxReader, PassageReader, Reading

HELD_ARTICLES = 4
HELD_SHARE = 10
"""One group in this many is held out, by a checksum of its name."""
ASKED = 400
"""Passages measured in a set."""
KEPT = 3_000
"""Training passages repeated at the end, so that they are not forgotten; of the last ones a third of this."""
TUNED_FROM = 2
"""The first layer trained at the end."""
TUNING_RATE = 6e-5
SEED = 2

Sets = Mapping[str, Sequence[Passage]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--out", type=Path, default=READER)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--frozen", type=int, default=3)
    parser.add_argument("--begin", type=Path)
    parser.add_argument("--mix", type=float, default=1.0, help="share of the weights learned; the rest of --begin")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--passages", type=int, help="drawn by chance, half of them of minimal pairs")
    parser.add_argument(
        "--whole", default="", help="the first letters of names of passages of articles that are all used"
    )
    parser.add_argument("--without", nargs="+", default=[], choices=[*SETS, "negatives", "pairs", "found"])
    parser.add_argument("--limit", type=int, default=ASKED)
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    if not arguments.measure and arguments.checkpoint is None:
        parser.error("name a --checkpoint, or only --measure")
    names = [name for name in SETS if name not in arguments.without]
    learned, held = parted(passages(arguments.data, names, arguments.seed))
    if not arguments.measure:
        teach(arguments, learned)
    held["selqa, test"] = list(selection(arguments.data / "reader" / "selqa" / "selqa-ass-test.json"))
    held = {name: asked[: arguments.limit] for name, asked in held.items() if asked}
    reader = OnnxReader(arguments.out, sha256(arguments.out))
    print(*report(held, {name: list(judged(reader, asked)) for name, asked in held.items()}), sep="\n")


def teach(arguments: argparse.Namespace, learned: Sets) -> None:
    from eval.training.reader_model import PassageModel, export, train

    for name, of in learned.items():
        print(f"{name}: {len(of)} passages learned from", flush=True)
    made = [] if "negatives" in arguments.without else list(negatives(learned, arguments.seed))
    print(f"made of these: {len(made)} that nothing in them answers", flush=True)
    last = list(of_trials(arguments.data))
    print(f"first hits of questions over trials: {len(last)}", flush=True)
    paired = [] if "pairs" in arguments.without else list(pairs(learned, arguments.seed))
    print(f"in minimal pairs: {len(paired)}", flush=True)
    chance = random.Random(arguments.seed)
    given = [*chain.from_iterable(learned.values()), *made]
    every = drawn(given, paired, arguments.passages or sys.maxsize, arguments.whole, chance)
    model = PassageModel(arguments.layers, arguments.frozen)
    if arguments.begin:
        model.begun(arguments.begin)
    train(model, every, arguments.checkpoint, arguments.minutes, last=last, seed=arguments.seed)
    if "found" not in arguments.without:
        chance = random.Random(SEED)
        found = [*of_articles(arguments.data), *of_near_misses(arguments.data)]
        print(f"first hits of questions over articles and near misses: {len(found)}", flush=True)
        kept = chance.sample(every, min(KEPT, len(every))) + chance.sample(last, min(KEPT // 3, len(last)))
        tuned = arguments.checkpoint.with_suffix(".tuned")
        model.thawed(min(TUNED_FROM, arguments.frozen))
        train(model, [*found, *kept], tuned, arguments.minutes, rate=TUNING_RATE, seed=SEED)
    if arguments.begin and arguments.mix < 1:
        model.mixed(PassageModel(arguments.layers).begun(arguments.begin), arguments.mix)
    export(model, arguments.out)
    print(f'READER_SHA256 = "{sha256(arguments.out)}"', flush=True)


def drawn(
    given: Sequence[Passage], paired: Sequence[Passage], most: int, whole: str, chance: random.Random
) -> list[Passage]:
    """At most so many passages, up to half of them ``paired``, and besides all whose names begin with ``whole``."""
    kept = [one for one in given if one.name[:1] in tuple(whole)]
    others = [one for one in given if one.name[:1] not in tuple(whole)]
    half = chance.sample(paired, min(most // 2, len(paired)))
    return half + chance.sample(others, min(most - len(half), len(others))) + kept


def judged(reader: PassageReader, asked: Iterable[Passage]) -> Iterator[list[float]]:
    """The log-odds of the sentences of each passage."""
    for one in asked:
        yield reader.read([Reading(one.question, one.head, one.sentences)])[0].tolist()


def parted(sets: Sets) -> tuple[dict[str, list[Passage]], dict[str, list[Passage]]]:
    """The training and held-out passages: no group, and no sentence, is on both sides."""
    articles = set(sorted({one.group for one in sets.get("squad2", ())}, key=_checksum)[:HELD_ARTICLES])

    def is_held(name: str, one: Passage) -> bool:
        return one.group in articles if name == "squad2" else _checksum(one.group) % HELD_SHARE == 0

    held = {name: [one for one in found if is_held(name, one)] for name, found in sets.items()}
    known = {_plain(text) for one in chain.from_iterable(held.values()) for text in one.sentences}
    learned = {
        name: [one for one in found if not is_held(name, one) and known.isdisjoint(map(_plain, one.sentences))]
        for name, found in sets.items()
    }
    return learned, held


def _checksum(group: str) -> int:
    return crc32(group.encode())


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


# ---------------------------------------------------------------- measuring


def report(held: Sets, judged: Mapping[str, Sequence[Sequence[float]]]) -> Iterator[str]:
    yield "| set held out | passages | answered | AUROC | first right | MAP | MRR |"
    yield "|---" * 7 + "|"
    for name, asked in held.items():
        scores = judged[name]
        inside = [max(each) for one, each in zip(asked, scores, strict=True) if one.answers]
        outside = [max(each) for one, each in zip(asked, scores, strict=True) if not one.answers]
        ranked = [_ranks(one, each) for one, each in zip(asked, scores, strict=True) if one.answers]
        area = auroc(inside, outside)
        figures = [
            "" if area is None else f"{area:.3f}",
            f"{fmean(ranks[0] == 1 for ranks in ranked):.3f}" if ranked else "",
            f"{fmean(_average_precision(ranks) for ranks in ranked):.3f}" if ranked else "",
            f"{fmean(1 / ranks[0] for ranks in ranked):.3f}" if ranked else "",
        ]
        yield f"| {name} | {len(asked)} | {len(inside)} | {' | '.join(figures)} |"
    if "squad2" in held:
        yield ""
        yield f"F1 of answerability on the articles of SQuAD 2: {answerability(held['squad2'], judged['squad2']):.3f}"


def _ranks(one: Passage, scores: Sequence[float]) -> list[int]:
    """The ranks of the sentences that answer, from 1; ties are in text order."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    return [rank for rank, position in enumerate(order, 1) if position in one.answers]


def _average_precision(ranks: Sequence[int]) -> float:
    return fmean(number / rank for number, rank in enumerate(ranks, 1))


def answerability(asked: Sequence[Passage], scores: Sequence[Sequence[float]]) -> float:
    """The mean F1 of two halves of the articles, each at the best threshold of the other half."""
    groups = sorted({one.group for one in asked})
    halves: list[list[tuple[float, bool]]] = [[], []]
    for one, each in zip(asked, scores, strict=True):
        halves[groups.index(one.group) % 2].append((max(each), bool(one.answers)))
    if not all(halves):
        return 0.0
    return fmean(_f1(half, _best(other)) for half, other in (halves, halves[::-1]))


def _best(rows: Sequence[tuple[float, bool]]) -> float:
    return max((score for score, _ in rows), key=lambda threshold: _f1(rows, threshold))


def _f1(rows: Iterable[tuple[float, bool]], threshold: float) -> float:
    found = [(score >= threshold, truth) for score, truth in rows]
    hits = sum(said and truth for said, truth in found)
    total = sum(said for said, _ in found) + sum(truth for _, truth in found)
    return 2 * hits / total if total else 0.0


if __name__ == "__main__":
    main()
