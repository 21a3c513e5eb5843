"""The reader of passages in training: it reads a question with a whole passage and judges each sentence."""

import random
import time
import timeit
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx.numpy_helper import to_array
from torch import Tensor, nn
from transformers import AutoModel

from eval.training import onnx_files
from eval.training.reader_passages import Passage
from qa.models.reader import Reading, pieces
from qa.models.reader import inputs as prepared
from qa.models.runtime import words_folder

A_STEP = 16
"""Passages in a step."""
RATE = 8e-5
WARMUP = 100
"""Steps."""
LEAST_RATE = 0.05
"""The final learning rate, as a share of the rate."""
RIGHT = 3.0
"""The weight of a sentence that answers; about one in four does."""
HEAD_RATE = 50
"""The learning rate factor of the cosines' scale and the bias, which are far greater than the weights."""
UNSURE = -6.0
"""The bias at first, so that a score of 0 is about where sentences begin to be right."""
REPORT_STEPS = 25


class PassageModel(nn.Module):
    """Log-odds of each sentence: the scaled cosine of its mean token and the question's, plus a linear part.

    Question and sentences have all read one another and their context. The embeddings and the first ``frozen`` layers
    stay as in the default model, which makes a step a third quicker.
    """

    def __init__(self, layers: int = 6, frozen: int = 0) -> None:
        super().__init__()
        folder = str(words_folder())
        self.body = AutoModel.from_pretrained(folder)
        self.body.encoder.layer = self.body.encoder.layer[:layers]
        self.body.pooler = None
        self.body.embeddings.requires_grad_(False)
        for layer in self.body.encoder.layer:
            layer.attention.self.dropout.p = 0.0  # else the fast form of attention is not used
        self.thawed(frozen)
        self.linear = nn.Linear(self.body.config.hidden_size, 1)
        nn.init.zeros_(self.linear.weight)
        nn.init.constant_(self.linear.bias, UNSURE)
        self.scale = nn.Parameter(torch.tensor(10.0))

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, parts: Tensor, attention_mask: Tensor | None = None
    ) -> Tensor:
        """Log-odds of shape (passages, sentences).

        ``parts``, of shape (passages, 1 + sentences, tokens), has the token weights of the question, then of each
        sentence; all 0 for a missing one. Without a mask all tokens are read.
        """
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training and _is_quicker_in_bfloat16()):
            read = self.body(input_ids=input_ids, attention_mask=mask, token_type_ids=token_type_ids).last_hidden_state
        means = parts @ read.float()
        likeness = nn.functional.cosine_similarity(means[:, :1], means[:, 1:], dim=-1)
        log_odds: Tensor = self.scale * likeness + self.linear(means[:, 1:]).squeeze(-1)
        return log_odds

    def begun(self, written: Path) -> "PassageModel":
        """Itself, with the 8-bit weights of a reader with as many layers that ``export`` wrote."""
        stored = {one.name: to_array(one) for one in onnx.load(written).graph.initializer}
        kept = {name: torch.from_numpy(stored[name].copy()) for name in self.state_dict() if name in stored}
        products = [name.removesuffix("_quantized") for name in stored if "MatMul" in name and "_quantized" in name]
        matrices = [name for name, value in self.named_parameters() if value.ndim == 2 and "embeddings" not in name]
        for name, product in zip(matrices, products, strict=True):  # both are in layer order
            scales, zeros = stored[f"{product}_scale"], stored[f"{product}_zero_point"].astype(np.float32)
            kept[name] = torch.from_numpy(((stored[f"{product}_quantized"] - zeros) * scales).T.copy())
        missing, unknown = self.load_state_dict(kept, strict=False)
        if unknown or any("embeddings" not in name for name in missing):  # those are as in the default model
            raise ValueError(f"{written} is no reader of this form: {unknown or missing}.")
        return self

    @torch.inference_mode()
    def mixed(self, other: "PassageModel", share: float) -> "PassageModel":
        """Itself, with this share of its weights and the rest of the other's.

        This keeps earlier knowledge and most of what is new: Wortsman et al., "Robust fine-tuning of zero-shot models",
        CVPR 2022.
        """
        for own, others in zip(self.parameters(), other.parameters(), strict=True):
            own.mul_(share).add_(others, alpha=1 - share)
        return self

    def thawed(self, frozen: int) -> "PassageModel":
        """Itself, with all but the first ``frozen`` layers trainable."""
        for number, layer in enumerate(self.body.encoder.layer):
            layer.requires_grad_(number >= frozen)
        return self

    def inputs(self, passages: Sequence[Passage]) -> Mapping[str, Tensor]:
        """The model's inputs, as ``qa.models.reader`` prepares them, padded to one size."""
        rows = [prepared(pieces(Reading(one.question, one.head, one.sentences))) for one in passages]
        size, most = max(len(ids) for ids, _, _ in rows), max(len(parts) for _, _, parts in rows)
        ids, types = (torch.zeros(len(rows), size, dtype=torch.long) for _ in range(2))
        mask, weights = torch.zeros_like(ids), torch.zeros(len(rows), most, size)
        for row, (tokens, kinds, parts) in enumerate(rows):
            ids[row, : len(tokens)], types[row, : len(tokens)] = torch.tensor(tokens), torch.tensor(kinds)
            mask[row, : len(tokens)], weights[row, : len(parts), : len(tokens)] = 1, torch.tensor(parts)
        return {"input_ids": ids, "token_type_ids": types, "parts": weights, "attention_mask": mask}


def export(model: PassageModel, out: Path) -> None:
    """Write the model as ONNX in 8 bits, for one passage at a time."""
    model.body.set_attn_implementation("eager")
    example = model.inputs([Passage("What is it?", ["A test.", "Another one.", "So it is."], [0], "", "Tests")])
    names = ["input_ids", "token_type_ids", "parts"]
    axes = {"input_ids": {1: "tokens"}, "token_type_ids": {1: "tokens"}, "parts": {1: "parts", 2: "tokens"}}
    onnx_files.export(
        model, {name: example[name] for name in names}, "scores", axes | {"scores": {1: "sentences"}}, out
    )


def train(
    model: PassageModel,
    passages: Sequence[Passage],
    checkpoint: Path,
    minutes: float,
    *,
    last: Sequence[Passage] = (),
    epochs: int = 1,
    rate: float = RATE,
    seed: int = 1,
) -> int:
    """Train the model to judge sentences until the passages or the minutes are used up. Returns the steps done.

    ``last`` are passages that appear only among the last three tenths.
    The loss is the cross-entropy of each log-odds. The learning rate falls to its least by the end of the passages or
    of the minutes, whichever is nearer. The checkpoint is written at every report, and resumed if it exists.
    """
    torch.manual_seed(seed)
    optimizer = _optimizer(model, rate)
    steps = _in_order(passages, last, epochs, random.Random(seed))
    begun, seconds = time.monotonic(), 60 * minutes

    def rate_after(done: int) -> float:
        """The learning rate's factor after this many steps."""
        spent = max(done / len(steps), (time.monotonic() - begun) / seconds if seconds else 1.0)
        return min((done + 1) / WARMUP, max(LEAST_RATE, 1 - spent))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate_after)
    schedule.last_epoch = done = _resumed(model, optimizer, checkpoint)
    until, start, first, model = begun + seconds, time.process_time(), done, model.train()
    while done < len(steps) and time.monotonic() < until:
        loss = _learned(model, steps[done], optimizer)
        schedule.step()
        done += 1
        if done % REPORT_STEPS == 0 or done == len(steps):
            spent = (time.process_time() - start) / (done - first)
            print(f"step {done} of {len(steps)}, loss {loss:.3f}, {spent:.1f} s of processor a step", flush=True)
            _keep(model, optimizer, done, checkpoint)
    _keep(model, optimizer, done, checkpoint)
    return done


def _optimizer(model: PassageModel, rate: float) -> torch.optim.Optimizer:
    heads = [model.scale, model.linear.bias]
    body = [one for one in model.parameters() if one.requires_grad and all(one is not head for head in heads)]
    groups: list[dict[str, Any]] = [{"params": body}, {"params": heads, "lr": HEAD_RATE * rate, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.01)


def _learned(model: PassageModel, step: Sequence[Passage], optimizer: torch.optim.Optimizer) -> float:
    """Learn from the passages of one step. Returns the loss before it."""
    loss = _loss(model, step)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([one for one in model.parameters() if one.requires_grad], 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def _loss(model: PassageModel, step: Sequence[Passage]) -> Tensor:
    inputs = model.inputs(step)
    right = torch.zeros(len(step), inputs["parts"].shape[1] - 1)
    for row, one in enumerate(step):
        right[row, sorted(one.answers)] = 1.0
    judged = inputs["parts"][:, 1:].any(-1).float()
    weights = judged * torch.where(right > 0, RIGHT, 1.0)
    each = nn.functional.binary_cross_entropy_with_logits(model(**inputs), right, reduction="none")
    return (each * weights).sum() / weights.sum()


@cache
def _is_quicker_in_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 quicker; some with an instruction for it are slower."""
    times = []
    for kind in (torch.float32, torch.bfloat16):
        left, right = torch.ones(256, 384, dtype=kind), torch.ones(384, 1536, dtype=kind)
        times.append(min(timeit.repeat(lambda left=left, right=right: left @ right, number=1, repeat=5)))  # type: ignore[misc]
    return times[1] < times[0]


def _in_order(
    passages: Sequence[Passage], last: Sequence[Passage], epochs: int, chance: random.Random
) -> list[list[Passage]]:
    steps = list(_steps(passages, epochs, chance))
    if not last:
        return steps
    cut = 7 * len(steps) // 10
    return steps[:cut] + list(_steps([*chain.from_iterable(steps[cut:]), *last], 1, chance))


def _steps(passages: Sequence[Passage], epochs: int, chance: random.Random) -> Iterator[list[Passage]]:
    """The passages in batches of similar length."""
    for _ in range(epochs):
        drawn = sorted(passages, key=lambda one: sum(map(len, one.sentences)) + 200 * chance.random())
        steps = [drawn[first : first + A_STEP] for first in range(0, len(drawn), A_STEP)]
        chance.shuffle(steps)
        yield from steps


def _keep(model: PassageModel, optimizer: torch.optim.Optimizer, done: int, checkpoint: Path) -> None:
    aside = checkpoint.with_suffix(".new")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "done": done}, aside)
    aside.replace(checkpoint)


def _resumed(model: PassageModel, optimizer: torch.optim.Optimizer, checkpoint: Path) -> int:
    if not checkpoint.exists():
        return 0
    kept = torch.load(checkpoint, weights_only=True)
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    return int(kept["done"])


@torch.inference_mode()
def judge(model: PassageModel, passages: Sequence[Passage]) -> Iterator[list[float]]:
    """The log-odds of the sentences of each passage, read one passage at a time, as in use."""
    model.eval()
    for one in passages:
        yield model(**model.inputs([one]))[0].tolist()
