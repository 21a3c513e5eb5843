"""Makes a follow-up question stand alone: "and its side effects?" after "How does IL-2 work?" is about IL-2.

There are four kinds of follow-up, with a rule for each: a pronoun with nothing to refer to ("does it work in
melanoma?"); only what differs ("what about TGF-β?", "and in mice?"); a part without the whole ("what are the side
effects?"); no words of its own ("why?"). A question that fits no rule stays as it is. The rules are made for short
questions in English.
"""

import re
from collections.abc import Callable, Sequence

from qa.query.phrases import TOKEN, Kind, Phrase, coordinated, is_aspect, is_general, nearness, phrases, siblings
from qa.query.questions import MAX_CHARACTERS
from qa.query.synonyms import Thesaurus, key
from qa.text.terms import tells

_Rule = Callable[[str, str, Thesaurus], str | None]

_OPENING = re.compile(r"(?:(?:and|but|or|so|ok|okay|then|also)\b,?\s+)+", re.I)
_ABOUT = re.compile(r"(?:and\s+|but\s+|so\s+)?(?:what|how)\s+about\s+", re.I)
_ASKS = re.compile(
    r"\b(?:what|which|who|whom|whose|where|when|why|how|is|are|was|were|do|does|did|can|could|will|would|should|has|have|"
    r"had|may|might|must|tell|explain|describe|list|name|give|compare|show)\b",
    re.I,
)
_PREPOSITION = re.compile(r"(?:in|for|with|on|against|by|at|during|after|before|without|under|from|among|of)\b", re.I)
_BEFORE_PHRASE = re.compile(r"\b(in|for|with|on|against|by|at|of|to|from)\s+(?:the\s+|a\s+)?$", re.I)
_FREE = frozenset({"disease", "group"})
"""Kinds of phrase that may follow any preposition: in, for or against melanoma."""

_PRONOUN = re.compile(
    r"\b(?P<owner>its|their)\b|\b(?P<many>they|them|these|those)\b|\b(?P<one>it|this|such(?!\s+as\b)(?:\s+an?)?)\b|"
    r"\b(?:is|was|does|did|of|about|for|with|to|by|in|from|after|can|could|will|would)\s+(?P<that>that)\b",
    re.I,
)
_CLAUSE = re.compile(r"[,;:.?!]|\b(?:and|or|but|so|if|when|because|that|which|who|while|until|after)\b", re.I)
_EXPLETIVE = re.compile(
    r"\bit\s+(?:[\w-]+\s+){0,3}(?:that|whether)\b|\bit\s+(?:[\w-]+\s+){1,2}(?:to|if)\s+|\b(?:how|why)\s+is\s+it\s+that\b|"
    r"\bit\s+(?:takes?|means?)\b",
    re.I,
)
_PARTICIPLE = re.compile(r"\bit\s+(?:\w+ly\s+)?(?:\w+ed|given|known|shown|seem|seems|able|likely|going)\b", re.I)
_THAT = re.compile(r"\b(?:that|whether)\b", re.I)
_FRONTED = re.compile(r"\W*(?:and\s+)?(?:in|for|with|against)\s+(?:\w+\s+)?", re.I)
_OF = re.compile(r"\bof\s+(?:the\s+)?$")
_TEXTS = re.compile(
    r"\s+(?:[\w-]+\s+)?(?:reviews?|papers?|articles?|stud(?:y|ies)|texts?|documents?|pages?|abstracts?|publications?|"
    r"authors?|corpus|library|sources?|point|sample|context)\b",
    re.I,
)
_FILLERS = frozenset(
    "else really exactly true right correct proven so say says more elaborate detail details sure "
    "mechanism that's".split()
)
_WONDERS = re.compile(r"(?:and\s+|but\s+)?(why|how (?:many|much|often|long|so)|how|when|where|who|in what way)\b", re.I)
_AUXILIARY = re.compile(r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|may|might|must)\b", re.I)
_PRIORITY = {"name": 0, "cell": 1, "": 2, "disease": 3, "group": 4}
_FEW = 5
"""A question without a verb counts as a fragment if it has at most this many words."""


def resolve(question: str, earlier: Sequence[str], thesaurus: Thesaurus) -> str | None:
    """The question completed from the earlier ones, oldest first; None if nothing is missing or they do not give it.

    A result that would be too long for a question is not used.

    >>> resolve("and its side effects?", ["How does IL-2 work?"], {})
    "IL-2's side effects?"
    >>> resolve("What about melanoma?", ["Is IL-2 used in lymphoma?"], {})
    'Is IL-2 used in melanoma?'
    """
    before = ""
    for asked in earlier:
        before = _resolved(asked, before, thesaurus) or asked
    return _resolved(question, before, thesaurus)


def _resolved(question: str, before: str, thesaurus: Thesaurus) -> str | None:
    if not before:
        return None
    found = (rule(question, before, thesaurus) for rule in _RULES)
    return next((resolved for resolved in found if resolved and len(resolved) <= MAX_CHARACTERS), None)


# ---------------------------------------------------------------- no words of its own


def _without_words(question: str, before: str, _: Thesaurus) -> str | None:
    """Complete "why?" with the question before."""
    if any(tells(word) and word.lower() not in _FILLERS for word in TOKEN.findall(question)):
        return None
    wonders = _WONDERS.match(question)
    if wonders is None:
        return before if _PRONOUN.search(question) else None
    if _AUXILIARY.match(before):
        return f"{_sentence(wonders.group(1))} {before[0].lower()}{before[1:]}"
    return f"{_sentence(wonders.group(1))}? {before}"


# ---------------------------------------------------------------- only what differs


def _elliptic(question: str, before: str, thesaurus: Thesaurus) -> str | None:
    """For "what about X?": the question before, with X in place of the phrase of the same kind."""
    rest, opened = _part(question)
    if not opened or _leaning(rest, thesaurus):
        return None
    found, known = phrases(rest, thesaurus), phrases(before, thesaurus)
    if not found or found[0].aspect or _aspects_alone(rest):
        return None
    placed = _PREPOSITION.match(rest) is not None
    first = coordinated(rest, found, found[0])
    if rest[first.end :].strip() and not placed:
        return _each_replaced(rest, found, before, known, thesaurus)
    old = _parallel(first, known, before, rest if placed else "", thesaurus)
    if old is not None:
        whole = coordinated(before, known, old)
        return f"{before[: whole.start]}{first.text}{before[whole.end :]}"
    joint = " " if placed else " in " if first.kind in _FREE else ", "
    return f"{before.rstrip(' ?.!')}{joint}{rest}?"


def _part(question: str) -> tuple[str, bool]:
    """The question without its opening words and closing marks, and whether it is only a fragment."""
    about = _ABOUT.match(question)
    opening = about or _OPENING.match(question)
    rest = question[opening.end() if opening else 0 :].strip(" ?.!")
    fragment = _ASKS.search(rest) is None and len(rest.split()) <= _FEW
    return rest, about is not None or (fragment and (opening is not None or _PREPOSITION.match(rest) is not None))


def _each_replaced(
    rest: str, found: Sequence[Phrase], before: str, known: Sequence[Phrase], thesaurus: Thesaurus
) -> str | None:
    """The question before, with each phrase of the rest in place of its parallel; None if a phrase has none."""
    said = before
    for phrase in found:
        old = _parallel(phrase, known, before, "", thesaurus)
        if old is None:
            return None
        said = said.replace(old.text, phrase.text, 1)
    return said


def _parallel(new: Phrase, known: Sequence[Phrase], before: str, placed: str, thesaurus: Thesaurus) -> Phrase | None:
    """The phrase of the question before that the new phrase replaces."""
    like = [old for old in known if siblings(new, old, thesaurus) and not old.aspect]
    if placed:
        like = [old for old in like if _same_place(old, before, placed)]
    if key(new.text) in {key(old.text) for old in known}:
        return None
    return max(like, key=lambda old: (nearness(new, old, thesaurus), -old.start), default=None)


def _same_place(old: Phrase, before: str, placed: str) -> bool:
    mark = _BEFORE_PHRASE.search(before[: old.start])
    return mark is not None and (old.kind in _FREE or placed.lower().startswith(mark.group(1).lower() + " "))


# ---------------------------------------------------------------- a pronoun with nothing to refer to


def _pronominal(question: str, before: str, thesaurus: Thesaurus) -> str | None:
    """For "does it work?": the question with the topic of the question before in place of the pronoun."""
    rest, opened = _part(question)
    text = rest + "?" if opened else question
    pronoun = _leaning(text, thesaurus)
    if pronoun is None:
        return None
    group = str(pronoun.lastgroup)
    start, end = pronoun.span(group)
    shows = pronoun.group(group).lower() not in ("it", "its", "they", "them", "their")
    noun = next(
        (p for p in phrases(text, thesaurus) if shows and p.start >= end and text[end : p.start].isspace()), None
    )
    plural = group == "many" or pronoun.group().lower() == "their"
    topic = _topic(before, thesaurus, plural, noun.kind if noun else "")
    if topic is None or key(topic.text) in key(text):
        return None
    said = topic.text
    if group == "owner":
        said += "'" if topic.plural and said.endswith("s") else "'s"
    elif noun is not None:
        said, end = f"the {noun.text} {'of ' if noun.aspect else ''}{topic.text}", noun.end
    return _sentence(f"{text[:start]}{said}{text[end:]}")


def _leaning(text: str, thesaurus: Thesaurus) -> re.Match[str] | None:
    """The first pronoun that refers to nothing in the text itself."""
    found = phrases(text, thesaurus)
    for pronoun in _PRONOUN.finditer(text):
        start, end = pronoun.span(str(pronoun.lastgroup))
        shows = _TEXTS.match(text, end) and pronoun.lastgroup in ("many", "one", "that")
        empty = pronoun.group().lower() == "it" and _expletive(text, found, start)
        if not shows and not empty and not any(_explains(p, text, start, pronoun.lastgroup == "owner") for p in found):
            return pronoun
    return None


def _expletive(text: str, found: Sequence[Phrase], start: int) -> bool:
    """Whether this "it" refers to nothing: "Is it true that …", "Is it safe to combine IL-2 with …"."""
    match = _EXPLETIVE.search(text, max(0, start - len("how is ")))
    if match is None or (_PARTICIPLE.match(text, start) and not _THAT.search(match.group())):
        return False
    return any(phrase.start >= match.end() and not phrase.aspect for phrase in found)


def _explains(phrase: Phrase, text: str, start: int, owner: bool) -> bool:
    """Whether a pronoun at ``start`` may refer to an earlier phrase of the text.

    It may if a clause ends between them or "of" precedes the phrase. An ``owner`` (its, their) may, unless the phrase
    is an aspect.
    """
    if phrase.end > start or _FRONTED.fullmatch(text[: phrase.start]):
        return False
    apart = _CLAUSE.search(text, phrase.end, start) is not None
    inner = _OF.search(text[: phrase.start]) is not None
    return apart or inner or (owner and not phrase.aspect)


def _topic(before: str, thesaurus: Thesaurus, plural: bool = False, kind: Kind = "") -> Phrase | None:
    """The phrase that a question is about: one that agrees in kind and number is preferred, then names."""
    found = [phrase for phrase in phrases(before, thesaurus) if not _TEXTS.fullmatch(f" {phrase.text}")]
    if plural:
        found = [coordinated(before, found, phrase) for phrase in found]
    else:
        found = [phrase for phrase in found if not phrase.aspect]
    return min(
        found, key=lambda one: (_unlike(one, kind), plural > one.plural, _PRIORITY[one.kind], one.start), default=None
    )


def _unlike(phrase: Phrase, kind: Kind) -> bool:
    return kind != "" and phrase.kind != kind


# ---------------------------------------------------------------- a part without the whole


def _partial(question: str, before: str, thesaurus: Thesaurus) -> str | None:
    """For "what are the side effects?": the question with "of" and the topic of the question before added."""
    if not _aspects_alone(question) or _leaning(question, thesaurus):
        return None
    topic = _topic(before, thesaurus)
    last = max((word for word in TOKEN.finditer(question) if is_aspect(word.group())), key=re.Match.end)
    if topic is None or topic.aspect:
        return None
    return f"{question[: last.end()]} of {topic.text}{question[last.end() :]}"


def _aspects_alone(text: str) -> bool:
    words = [word for word in TOKEN.findall(text) if tells(word) and not _ABOUT.match(f"{word} ")]
    return any(map(is_aspect, words)) and all(is_aspect(word) or is_general(word) for word in words)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


_RULES: Sequence[_Rule] = (_without_words, _elliptic, _pronominal, _partial)
