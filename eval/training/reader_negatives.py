"""Negatives: questions made unanswerable for a passage by a small change, or by another passage.

A reader that only compares words scores these like the original questions. They are unanswerable, except by chance.
They are made only from training passages, so never from those held out.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import log

from eval.training.reader_passages import Passage
from qa.text.terms import terms

NAME = re.compile(
    r"\b(?:[A-Z][\w'’]+(?: (?:of |the )?[A-Z][\w'’]+){0,3}|[A-Za-z]*[A-Z][A-Za-z]*-?\d+[\w-]*|[a-z]*[A-Z]{2,}[\w-]*"
    r"|[a-z]{3,}(?:mab|nib|vir|statin|cillin|mycin|olol|pril|sartan|azole|itis|osis|emia|oma|pathy|virus|kine|feron))\b"
)
NUMBER = re.compile(r"(?<![\w.,-])\d{1,4}(?:\.\d+)?(?![\w,-]|\.\d)")

OPPOSITES: Sequence[tuple[str, str]] = (
    ("increase", "decrease"), ("increased", "decreased"), ("increases", "decreases"), ("increasing", "decreasing"),
    ("raise", "lower"), ("raised", "lowered"), ("higher", "lower"), ("highest", "lowest"),
    ("most", "least"), ("before", "after"), ("first", "last"), ("early", "late"), ("earlier", "later"),
    ("largest", "smallest"), ("larger", "smaller"), ("best", "worst"), ("better", "worse"), ("begin", "end"),
    ("began", "ended"), ("started", "stopped"), ("cause", "prevent"), ("causes", "prevents"), ("caused", "prevented"),
    ("activate", "inhibit"), ("activates", "inhibits"), ("promote", "suppress"), ("promotes", "suppresses"),
    ("benefit", "harm"), ("advantages", "disadvantages"), ("won", "lost"), ("north", "south"), ("northern", "southern"),
    ("east", "west"), ("eastern", "western"), ("men", "women"), ("male", "female"), ("children", "adults"),
    ("boys", "girls"), ("mothers", "fathers"), ("young", "elderly"), ("acute", "chronic"), ("primary", "secondary"),
    ("mild", "severe"), ("positive", "negative"), ("in vitro", "in vivo"), ("mice", "humans"), ("oral", "intravenous"),
    ("short-term", "long-term"), ("same", "different"), ("inside", "outside"),
    ("buy", "sell"), ("enter", "leave"), ("import", "export"), ("supported", "opposed"), ("support", "oppose"),
)  # fmt: skip
_OPPOSITE = {a: b for pair in OPPOSITES for a, b in (pair, pair[::-1])}
_OPPOSED = re.compile(rf"\b(?:{'|'.join(sorted(_OPPOSITE, key=len, reverse=True))})\b")
_CLOSED = re.compile(r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\b", re.I)
"""A yes-no question: a statement of the opposite answers it."""
_ASKING = re.compile(
    r"(?:What|Which|Who|Whom|Whose|When|Where|Why|How|In|On|At|The|A|An|Is|Are|Was|Were|Do|Does|Did|For|By|To|From|Of)\b"
)

RARE = 40
"""A term in more passages of a set than this is not looked up."""
STRANGE = 400
"""Questions of a set that are put to a passage of another group."""
MADE = 2
"""Changed forms of a passage, at most."""
SIBLINGS = 1_500
"""Questions of a set that are put to another passage of their group."""
FULL = ("squad2", "adversarial")
"""Sets whose texts say most things once: another passage of an article seldom answers."""
GROUPED = ("squad2", "adversarial", "selqa", "qed", "trials", "own_trials", "negations")
"""Sets whose groups are texts: a passage of another group does not answer."""
UNCHANGED = ("claims", "policies", "negations")
"""Sets in which a sentence may answer a changed question: it refutes a claim, or settles a case the other way."""


def negatives(sets: Mapping[str, Sequence[Passage]], seed: int = 1) -> Iterator[Passage]:
    for name, found in sets.items():
        chance = random.Random(f"{seed} {name}")
        if name not in UNCHANGED:
            yield from changed(found, chance)
        if name in GROUPED:
            yield from strangers(found, STRANGE, chance)
        if name in FULL:
            yield from strangers([one for one in found if one.answers], SIBLINGS, chance, within=True)


def changed(passages: Sequence[Passage], chance: random.Random) -> Iterator[Passage]:
    """For each passage with an answer, some forms without one: a name, a number or a direction differs."""
    known = sorted({name for one in passages for name in names(one.question)})
    for one in passages:
        if one.answers:
            made = [made for make in (_renamed, _retold, _renumbered, _opposed) if (made := make(one, known, chance))]
            yield from chance.sample(made, min(MADE, len(made)))


def names(question: str) -> list[str]:
    """The names in a question, without its asking word."""
    start = _ASKING.match(question)
    return [one for one in NAME.findall(question[start.end() :] if start else question) if len(one) > 1]


def _of_form(name: str) -> tuple[bool, bool, int]:
    return name[0].isupper(), any(map(str.isdigit, name)), min(name.count(" "), 2)


def another(
    name: str, one: Passage, known: Sequence[str], chance: random.Random, *, inside: bool = False
) -> str | None:
    """A name of similar form, from the passage or, unless ``inside``, from other questions."""
    held: set[str] = {
        found for text in one.sentences for found in NAME.findall(text[1:]) if not _ASKING.fullmatch(found)
    }
    answers = " ".join(one.sentences[i] for i in one.answers)
    pools = [sorted(held)] if inside else [sorted(held), [chance.choice(known) for _ in range(20)]]
    for number, pool in enumerate(pools):
        fit = [
            other for other in pool
            if _of_form(other) == _of_form(name) and other not in answers and other not in one.question
            and other.lower() not in name.lower() and name.lower() not in other.lower()
        ]  # fmt: skip
        if fit and (inside or number or chance.random() < 0.7):
            return chance.choice(fit)
    return None


def _named(one: Passage, chance: random.Random) -> str | None:
    said = " ".join([one.head, *one.sentences])
    named = [name for name in names(one.question) if name in said]
    return chance.choice(named) if named else None


def _renamed(one: Passage, known: Sequence[str], chance: random.Random) -> Passage | None:
    name = _named(one, chance)
    other = name and another(name, one, known, chance)
    if not name or not other:
        return None
    return replace(one, question=put(name, other, one.question), answers=[])


def _retold(one: Passage, known: Sequence[str], chance: random.Random) -> Passage | None:
    """The passage is about another name; the question stays."""
    name = _named(one, chance)
    other = name and another(name, one, known, chance)
    if not name or not other:
        return None
    told = [put(name, other, text) for text in one.sentences]
    return replace(one, sentences=told, head=put(name, other, one.head), answers=[])


def put(name: str, other: str, text: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: other, text)


def _renumbered(one: Passage, _: Sequence[str], chance: random.Random) -> Passage | None:
    said = " ".join([one.head, *one.sentences])
    numbers = [found for found in NUMBER.finditer(one.question) if re.search(rf"\b{re.escape(found[0])}\b", said)]
    if not numbers:
        return None
    found = chance.choice(numbers)
    moved = float(found[0]) + chance.choice([-1, 1]) * chance.choice([1, 2, 3, 5, 10])
    other = f"{abs(moved):g}"
    if other in said:
        return None
    return replace(one, question=one.question[: found.start()] + other + one.question[found.end() :], answers=[])


def _opposed(one: Passage, _: Sequence[str], chance: random.Random) -> Passage | None:
    found = list(_OPPOSED.finditer(one.question))
    if not found or _CLOSED.match(one.question):
        return None
    word = chance.choice(found)
    question = one.question[: word.start()] + _OPPOSITE[word[0]] + one.question[word.end() :]
    return replace(one, question=question, answers=[])


def strangers(
    passages: Sequence[Passage], count: int, chance: random.Random, *, within: bool = False
) -> Iterator[Passage]:
    """Questions, each with the most similar passage of another group, or of their own group if ``within``.

    Passages that share a sentence with the question's own are skipped.
    """
    said = [set(terms(" ".join([one.head, *one.sentences]))) for one in passages]
    frequencies = Counter(term for found in said for term in found)
    holding: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(said):
        for term in each:
            holding[term].append(number)
    for one in chance.sample(passages, min(count, len(passages))):
        liking: dict[int, float] = defaultdict(float)
        for term in sorted(term for term in set(terms(one.question)) if 0 < frequencies[term] <= RARE):
            for number in holding[term]:
                if (passages[number].group == one.group) == within and _is_apart(passages[number], one):
                    liking[number] += log(len(passages) / frequencies[term])
        if liking:
            yield replace(passages[max(liking, key=liking.__getitem__)], question=one.question, answers=[])


def _is_apart(one: Passage, other: Passage) -> bool:
    return set(one.sentences).isdisjoint(other.sentences)
