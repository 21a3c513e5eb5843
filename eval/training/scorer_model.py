"""The reranker in training: the first layers of the default model, reading both texts at once."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from eval.training import onnx_files
from eval.training.scorer_groups import Group
from qa.models.reranker import MAX_TOKENS
from qa.models.runtime import words_folder

LAYERS = 4
GROUPS_A_STEP = 8
RIGHT = 3
"""A group has one of the first RIGHT right sentences, and some of the first wrong ones."""
WRONG = 5
NEAREST = 8
"""If nothing is right, the wrong ones are drawn from this many."""

UNSURE = -6.0
"""The bias at first, so that a score of 0 is about where sentences begin to be right."""
WEIGHTS = {"right": 2.5, "beside": 0.5, "unanswered": 1.0}
"""Loss weights of a right sentence, of one beside a right one, and of one in a group without a right one."""

REPORT_STEPS = 20

Pairs = Sequence[tuple[str, str]]

Drawn = tuple[bool, Pairs]
"""Whether a group's first pair is right, and its pairs."""


class PairModel(nn.Module):
    """The scaled cosine of the two texts' mean tokens, which have read each other, plus a linear part."""

    def __init__(self, layers: int = LAYERS) -> None:
        super().__init__()
        folder = str(words_folder())
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.body = AutoModel.from_pretrained(folder)
        self.body.encoder.layer = self.body.encoder.layer[:layers]
        self.body.pooler = None
        self.body.embeddings.requires_grad_(False)
        for layer in self.body.encoder.layer:
            layer.attention.self.dropout.p = 0.0  # else the fast form of attention is not used
        self.linear = nn.Linear(self.body.config.hidden_size, 1)
        nn.init.zeros_(self.linear.weight)
        nn.init.constant_(self.linear.bias, UNSURE)
        self.scale = nn.Parameter(torch.tensor(10.0))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        read = self.body(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        question = _mean(read.last_hidden_state, attention_mask * (1 - token_type_ids))
        text = _mean(read.last_hidden_state, attention_mask * token_type_ids)
        near: Tensor = nn.functional.cosine_similarity(question, text)
        answers: Tensor = self.linear(text).squeeze(-1)
        return self.scale * near + answers

    def inputs(self, pairs: Pairs) -> Mapping[str, Tensor]:
        questions, texts = [question for question, _ in pairs], [text for _, text in pairs]
        options = {"truncation": "only_second", "max_length": MAX_TOKENS, "padding": True, "return_tensors": "pt"}
        return dict(self.tokenizer(questions, texts, **options))


def _mean(vectors: Tensor, mask: Tensor) -> Tensor:
    weights = mask.unsqueeze(-1).to(vectors.dtype)
    return (vectors * weights).sum(1) / weights.sum(1).clamp(min=1)


@dataclass(frozen=True, slots=True)
class Course:
    """The epochs and learning rate of a training, and from how many sentences of a group it draws."""

    epochs: int
    rate: float
    drawn_from: int


def train(model: PairModel, groups: Sequence[Group], course: Course, seed: int) -> None:
    """Train to pick a group's right sentence (softmax over its scores), and to know when none is right.

    The second is the cross-entropy of each score as the log-odds that the sentence answers.
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)
    body = [parameter for parameter in model.body.parameters() if parameter.requires_grad]
    parts = [(body, course.rate), (list(model.linear.parameters()), 1e-3), ([model.scale], 1e-2)]
    optimizer = torch.optim.AdamW([{"params": params, "lr": lr} for params, lr in parts], weight_decay=0.01)
    steps = [step for _ in range(course.epochs) for step in _steps(groups, course.drawn_from, chance)]
    warmup = max(1, len(steps) // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda done: min((done + 1) / warmup, (len(steps) - done) / (len(steps) - warmup + 1))
    )
    model.train()
    for number, step in enumerate(steps, 1):
        inputs = model.inputs([pair for _, pairs in step for pair in pairs])
        with torch.autocast("cpu", torch.bfloat16):  # twice as fast where the processor multiplies bfloat16
            scores = model(**inputs).float().reshape(len(step), -1)
        loss = _loss(scores, torch.tensor([answered for answered, _ in step]))
        loss.backward()  # type: ignore[no-untyped-call]  # as torch has it
        nn.utils.clip_grad_norm_(body, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if number % REPORT_STEPS == 0:
            print(f"step {number} of {len(steps)}, loss {loss.item():.3f}", flush=True)


def _loss(scores: Tensor, answered: Tensor) -> Tensor:
    """The loss of groups, one a row; the first sentence is right if ``answered``."""
    first = torch.zeros(int(answered.sum()), dtype=torch.long)
    picking = nn.functional.cross_entropy(scores[answered], first, reduction="sum") / len(answered)
    right = torch.zeros_like(scores)
    right[:, 0] = answered.float()
    weights = torch.where(answered[:, None], WEIGHTS["beside"], WEIGHTS["unanswered"]).expand_as(right)
    weights = torch.where(right > 0, WEIGHTS["right"], weights)
    return picking + nn.functional.binary_cross_entropy_with_logits(scores, right, weight=weights)


def _steps(groups: Sequence[Group], drawn_from: int, chance: random.Random) -> list[list[Drawn]]:
    """The groups as pairs, in batches of similar length."""
    drawn = [_drawn(group, drawn_from, chance) for group in groups if len(group.wrong) > WRONG]
    drawn.sort(key=lambda one: max(len(text) for _, text in one[1]) + 60 * chance.random())
    steps = [drawn[first : first + GROUPS_A_STEP] for first in range(0, len(drawn), GROUPS_A_STEP)]
    chance.shuffle(steps)
    return steps


def _drawn(group: Group, drawn_from: int, chance: random.Random) -> Drawn:
    if group.right:
        texts = [chance.choice(group.right[:RIGHT]), *chance.sample(group.wrong[:drawn_from], WRONG)]
    else:
        texts = chance.sample(group.wrong[:NEAREST], WRONG + 1)
    return bool(group.right), [(group.question, text) for text in texts]


def export(model: PairModel, out: Path) -> None:
    """Write the model as ONNX in 8 bits."""
    model.body.set_attn_implementation("eager")
    example = model.inputs([("What is it?", "A test."), ("What else is it?", "Another test of these things.")])
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "pairs", 1: "tokens"} for name in names} | {"score": {0: "pairs"}}
    onnx_files.export(model, {name: example[name] for name in names}, "score", axes, out)
