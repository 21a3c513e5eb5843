"""Minimal pairs: from a passage that answers, one form that still does, and one about something else.

The change is in a name, a restriction (of whom, when, where), a reason, or a comparison. It is put into the question
and the sentence that answers, or into the question and another sentence. So neither shared words nor a question's form
tell which is which.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from eval.training.reader_negatives import UNCHANGED, another, names, put
from eval.training.reader_passages import Passage

MEDICAL = ("bioasq", "abstracts", "trials", "own_trials")
OF_WHOM: Sequence[str] = (
    "in children", "in adults", "in the elderly", "in women", "in men", "in pregnant women", "in infants", "in mice",
    "in humans", "in rats", "in monkeys", "in smokers", "in diabetic patients", "in healthy volunteers", "in Africa",
    "in China", "in Europe", "in Japan", "in patients with kidney failure", "in patients with cancer", "in vitro",
    "in people with HIV", "after one year", "after surgery", "during the first week", "in the long term",
    "at high doses", "at low doses", "in severe cases", "in mild cases", "in the placebo group", "in liver cells",
    "in T cells", "in macrophages", "in neurons", "in the lung", "in the brain", "in the blood", "in hospital",
    "at home",
)  # fmt: skip
OF_WHERE: Sequence[str] = (
    "in France", "in Scotland", "in India", "in Texas", "in Germany", "in Rome", "in the north", "in the countryside",
    "in large cities", "among women", "among children", "among students", "among the poor", "among soldiers",
    "before 1900", "after the war", "during the winter", "in the 1950s", "in the 18th century", "at first",
    "in its last year", "under the new law", "in the second season", "in private schools", "on television",
)  # fmt: skip
REASONS: Sequence[str] = (
    "because of a lack of money", "because too few took part", "because it was cheaper", "owing to the weather",
    "due to pressure from the public", "because of the risk of infection", "because the older method had failed",
    "due to a shortage of staff", "in order to save time", "because of side effects", "owing to genetic differences",
)  # fmt: skip
_TIMED = re.compile(
    r"(?:When|Where|In (?:what|which) (?:year|month|city|country|century|decade)) "
    r"(?=(?:did|was|were|is|are|do|does|has|have|can)\b)"
)
_REASON = re.compile(
    r"\b(?:because|due|owing|since|as|to|for|so|reason|cause\w*|led|result\w*|therefore|by|after)\b", re.I
)
_COUNTED = re.compile(r"How (?:many|much) (?!more\b|of\b)")
RESTRICTED = 0.3
"""The share of passages that are restricted although other changes also fit."""


def pairs(sets: Mapping[str, Sequence[Passage]], seed: int = 1) -> Iterator[Passage]:
    for name, found in sets.items():
        chance = random.Random(f"{seed} {name} pairs")
        if name not in UNCHANGED:
            for one in found:
                if one.answers and not _open(one):
                    made = [each for each in (form(one, chance) for form in (_swapped, _reasoned, _compared)) if each]
                    if not made or chance.random() < RESTRICTED:
                        made = [_restricted(one, name in MEDICAL, chance)]
                    yield from chance.choice(made)


def _open(one: Passage) -> bool:
    """Whether all sentences answer, or there is only one."""
    return len(one.sentences) < 2 or len(one.answers) == len(one.sentences)


def _swapped(one: Passage, chance: random.Random) -> list[Passage]:
    """Asked about another name of the passage; one form answers, as the names are exchanged."""
    said = " ".join([one.head, *one.sentences])
    asked = [name for name in names(one.question) if name in said]
    name = chance.choice(asked) if asked else None
    other = name and another(name, one, (), chance, inside=True)
    if not name or not other:
        return []
    question, exchanged = put(name, other, one.question), [_exchanged(name, other, text) for text in one.sentences]
    wrong = chance.choice([replace(one, question=question, answers=[]), replace(one, sentences=exchanged, answers=[])])
    return [wrong, replace(one, question=question, sentences=exchanged, head=_exchanged(name, other, one.head))]


def _exchanged(name: str, other: str, text: str) -> str:
    return put("\0", name, put(name, other, put(other, "\0", text)))


def _restricted(one: Passage, medical: bool, chance: random.Random) -> list[Passage]:
    """Asked with a restriction, which is put on the answer, or on something else."""
    if not one.question.endswith("?"):
        return []
    said = " ".join([one.question, one.head, *one.sentences]).lower()
    free = [part for part in (OF_WHOM if medical else OF_WHERE) if part.split()[-1].lower() not in said]
    if len(free) < 2:
        return []
    this, that = chance.sample(free, 2)
    beside = chance.choice([i for i in range(len(one.sentences)) if i not in one.answers])
    asked = f"{one.question[:-1].rstrip()} {this}?"
    right, wrong = [], []
    for i, text in enumerate(one.sentences):
        right.append(_with(text, this) if i in one.answers else _with(text, that) if i == beside else text)
        wrong.append(_with(text, that) if i in one.answers and chance.random() < 0.7 else text)
    if chance.random() < 0.7:
        wrong[beside] = _with(one.sentences[beside], this)
    return [replace(one, question=asked, sentences=right), replace(one, question=asked, sentences=wrong, answers=[])]


def _with(text: str, part: str) -> str:
    """A sentence with this part before its final mark."""
    bare = text.rstrip(" .;!")
    return f"{bare} {part}{text[len(bare) :] or '.'}"


def _reasoned(one: Passage, chance: random.Random) -> list[Passage]:
    """Asked why instead of when or where; in one form the answer gives a reason."""
    found = _TIMED.match(one.question)
    answer = " ".join(one.sentences[i] for i in one.answers)
    if not found or _REASON.search(answer):
        return []
    asked, why = f"Why {one.question[found.end() :]}", chance.choice(REASONS)
    right = [_with(text, why) if i in one.answers else text for i, text in enumerate(one.sentences)]
    return [replace(one, question=asked, answers=[]), replace(one, question=asked, sentences=right)]


def _compared(one: Passage, chance: random.Random) -> list[Passage]:
    """Asked how many more than another name of the passage: it only says how many."""
    found = _COUNTED.match(one.question)
    asked = names(one.question)
    other = found and asked and another(asked[0], one, (), chance, inside=True)
    if not found or not other or not one.question.endswith("?"):
        return []
    return [replace(one, question=f"{found[0]}more {one.question[found.end() : -1]} than {other}?", answers=[]), one]
