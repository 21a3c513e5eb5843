"""Measure the speed of encoding and adding files, beside sentence-transformers on the same passages.

    python -m eval.benchmarks.answers.encoding FOLDER [--files 4] [--rounds 5]

FOLDER holds files that Pincite reads. Each round adds the first of them (``--files``) to a new library. It also encodes
their passages with sentence-transformers (the full 32-bit weights of the same model, its own batches) and with
Pincite's encoder. Last it encodes the sentences and headings with Pincite's encoder, which is all that Pincite encodes
of a file. Prints medians over the rounds of passages a second and milliseconds of processor time a passage, and each
round's ratio to sentence-transformers. Then it times the matrix products of one passage, in the same shapes, by
onnxruntime alone on one thread: operations a second in 8 and 32 bits, and what share of that the whole encoder reaches.
Last it prints the time of each kind of step in the encoder, by onnxruntime's profile: the least of the repeats.
"""

import argparse
import json
import math
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from rich.console import Console
from rich.progress import track

from qa.indexing.embedding import embed, head
from qa.indexing.finding import find_files
from qa.library import Library
from qa.models.encoders import ENCODER, Encoder, OnnxEncoder, SentenceTransformerEncoder
from qa.readers.files import read
from qa.stores.base import Entry, Vectors
from qa.text.scripts import as_typed

LAYERS, WIDTH, INNER = 6, 384, 1536
"""The default model's sizes."""
SHAPES = ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, INNER), (INNER, WIDTH))
"""A layer's matrices: queries, keys and values; the output of attention; and the two of the feed-forward part."""
REPEATS = 20
WORD_TOKENS = (1000, 20_000)
"""The range of the model's word tokens."""
LEAST_MS = 0.1


class Spent(NamedTuple):
    wall: float
    processor: float


class Noting:
    """The default encoder, which also records the texts that it is given."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        self.given: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.given.extend(texts)
        return self._encoder.encode(texts)


def texts_of(files: Sequence[Path], encoder: OnnxEncoder) -> tuple[list[str], list[str]]:
    """The files' passages with their headings, and the texts that Pincite encodes."""
    noting = Noting(encoder)
    entries = [embed(read(file), noting) for file in files]  # type: ignore[arg-type]  # it has all of an Encoder
    return [text for entry in entries for text in headed(entry)], noting.given


def headed(entry: Entry) -> Iterator[str]:
    """The passages of a document, each with its title and headings."""
    for one in entry.passages:
        above = head(entry.document, one.section)
        yield f"{above} {as_typed(entry.document.text[one.start : one.end])}".strip()


def spent(work: Callable[[], object]) -> Spent:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


def add(files: Sequence[Path], encoder: Encoder) -> None:
    with tempfile.TemporaryDirectory() as folder, Library(folder, encoder=encoder) as library:
        library.add(files)


def report(name: str, rounds: Sequence[Spent], first: Sequence[Spent], passages: int) -> None:
    rate = statistics.median(passages / one.wall for one in rounds)
    processor = statistics.median(1000 * one.processor / passages for one in rounds)
    ratios = sorted(base.wall / one.wall for base, one in zip(first, rounds, strict=True))
    print(
        f"{name:42s} {rate:6.1f} passages/s, {processor:6.1f} ms of processor a passage, "
        f"{statistics.median(ratios):.2f} times as quick ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


def products(tokens: int, in_8_bits: bool) -> tuple[float, float]:
    """The operations of all layers' matrix products for this many tokens, and the fewest seconds they took."""
    seconds = 0.0
    for inner, outer in SHAPES:
        multiply, given = _product(tokens, inner, outer, in_8_bits)
        seconds += min(spent(lambda: multiply(given)).processor for _ in range(REPEATS))  # noqa: B023
    return LAYERS * sum(2 * tokens * inner * outer for inner, outer in SHAPES), LAYERS * seconds


def _product(rows: int, inner: int, outer: int, in_8_bits: bool) -> tuple[Callable[[np.ndarray], object], np.ndarray]:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # as qa.models.runtime has it
    from onnxruntime import InferenceSession, SessionOptions

    chance = np.random.default_rng(1)
    if in_8_bits:
        weights, given = (
            chance.integers(-63, 63, (inner, outer), np.int8),
            chance.integers(0, 255, (rows, inner), np.uint8),
        )
        kind, of, to = "MatMulInteger", TensorProto.UINT8, TensorProto.INT32
    else:
        weights, given = chance.random((inner, outer), np.float32), chance.random((rows, inner), np.float32)
        kind, of, to = "MatMul", TensorProto.FLOAT, TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node(kind, ["given", "weights"], ["product"])],
        "product",
        [helper.make_tensor_value_info("given", of, [rows, inner])],
        [helper.make_tensor_value_info("product", to, [rows, outer])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda matrix: session.run(None, {"given": matrix}), given


def steps(tokens: int) -> list[tuple[str, float]]:
    """Milliseconds of each kind of step in the encoder, for a text of this many tokens, most first."""
    from onnxruntime import InferenceSession, SessionOptions

    given = np.random.default_rng(1).integers(*WORD_TOKENS, (1, tokens))
    with tempfile.TemporaryDirectory() as folder:
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_profiling, options.profile_file_prefix = True, str(Path(folder, "profile"))
        session = InferenceSession(str(ENCODER), options, providers=["CPUExecutionProvider"])
        for _ in range(REPEATS):
            session.run(None, {"input_ids": given})
        events = json.loads(Path(session.end_profiling()).read_text())
    least: dict[tuple[str, str], float] = {}  # the least of the repeats: other programs disturb the rest
    for event in events:
        if event["name"].endswith("_kernel_time"):
            step = event["args"]["op_name"], event["name"]
            least[step] = min(event["dur"] / 1000, least.get(step, math.inf))
    taken: defaultdict[str, float] = defaultdict(float)
    for (name, _), ms in least.items():
        taken[name] += ms
    return [(name, ms) for name, ms in sorted(taken.items(), key=lambda one: -one[1]) if ms >= LEAST_MS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    files = find_files([arguments.folder])[: arguments.files]
    ours, theirs = OnnxEncoder(), SentenceTransformerEncoder()
    passages, encoded = texts_of(files, ours)
    ways = {
        "sentence-transformers, passages": lambda: theirs.encode(passages),
        "Pincite's encoder, passages": lambda: ours.encode(passages),
        "Pincite's encoder, sentences and headings": lambda: ours.encode(encoded),
        "Library.add, from file to sealed library": lambda: add(files, ours),
    }
    theirs.encode(passages[:1])
    rounds: dict[str, list[Spent]] = {name: [] for name in ways}
    for _ in track(range(arguments.rounds), "encoding", console=Console(stderr=True)):
        for name, way in ways.items():
            rounds[name].append(spent(way))
    length = statistics.mean(ours.count_tokens(passages))
    print(f"{len(files)} files, {len(passages)} passages of {length:.0f} tokens, {len(encoded)} sentences and headings")
    (first, *_) = rounds.values()
    for name, spendings in rounds.items():
        report(name, spendings, first, len(passages))
    tokens = round(length) + 2
    each = statistics.median(one.processor / len(passages) for one in rounds["Pincite's encoder, passages"])
    for in_8_bits in (True, False):
        operations, seconds = products(tokens, in_8_bits)
        print(
            f"products in {8 if in_8_bits else 32} bits: {operations / seconds / 1e9:.0f} Gop/s, "
            f"{1000 * seconds:.1f} ms a passage; the encoder reaches {seconds / each:.0%} of that"
        )
    print("ms a passage of each kind of step: " + ", ".join(f"{name} {ms:.1f}" for name, ms in steps(tokens)))


if __name__ == "__main__":
    main()
