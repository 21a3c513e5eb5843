"""The dialogue for writing questions with their answers, passage by passage."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from qa.errors import QuestionError
from qa.evaluation import drafting
from qa.evaluation.checks import Candidate, Texts, nearest, unmarked
from qa.evaluation.drafting import KINDS, Offer
from qa.faces.console import prompt, say
from qa.library import Library
from qa.query.questions import checked_question
from qa.records import Question

_LINE = 100

_BEFORE = "{}: pairs in it so far: {}. Each is saved at once; q or Ctrl-C stops at any time."
_GUIDE = (
    "You are shown a passage, its sentences numbered. Think of what a reader would ask, pick the sentences that",
    "answer it, then write the question. Enter alone goes on to another passage.",
)


def write_pairs(file: Path, library: "Library") -> int:
    """Ask for questions until there is nothing more to offer or to say. Returns the file's number of pairs."""
    documents = library.documents()
    texts = Texts({document.source: document for document in documents})
    offered, pairs = drafting.offers(documents), drafting.started(file)
    before = len(pairs)
    skipped: set[Offer] = set()
    say(_BEFORE.format(file, len(pairs)), *_GUIDE)
    while offer := drafting.next_offer(offered, pairs, skipped, texts):
        picked = _pick_sentences(offer)
        if picked is None:
            break
        text = _ask_question(pairs) if picked else ""
        if not text:
            skipped.add(offer)
            continue
        gold = tuple((offer.source, offer.sentences[number - 1]) for number in picked if number)
        pair = Question(drafting.next_id(pairs), text, answers=gold)
        say("Looking for other sentences that may answer it …")
        pair = _completed(pair, offer, unmarked(pair, nearest(text, library), texts), first=len(pairs) == before)
        drafting.append(file, pair)
        pairs.append(pair)
        say(f"Saved as {pair.id}; pairs so far: {len(pairs)}.")
        if not gold:  # otherwise the passage would stay the least asked about for ever
            skipped.add(offer)
    return len(pairs)


def _pick_sentences(offer: "Offer") -> list[int] | None:
    """The numbers of the sentences to ask about (0 for none); empty for another passage, None to stop."""
    say("", *wrapped(". ".join(filter(None, (offer.title, offer.section)))))
    _print_numbered(offer.sentences)
    asked = "Sentences that answer (numbers; 0 if no text answers; Enter for another passage; q to stop)"
    read = _numbers(len(offer.sentences), stop="q")
    picked: list[int] | None = prompt(asked, default="", show_default=False, value_proc=read)
    return picked


def _ask_question(pairs: Sequence[Question]) -> str:
    """A question not yet in the set; empty for another passage."""
    asked = {pair.question.casefold() for pair in pairs}

    def new(typed: str) -> str:
        try:
            text = checked_question(typed) if typed.strip() else ""
        except QuestionError as error:
            raise click.UsageError(str(error)) from error
        if text.casefold() in asked:
            raise click.UsageError("the set has this question already.")
        return text

    return str(
        prompt(
            "Question, in a reader's words (Enter for another passage)", default="", show_default=False, value_proc=new
        )
    )


def _completed(pair: Question, offer: "Offer", near: "Sequence[Candidate]", first: bool) -> Question:
    """The pair with its kind, and with each near sentence either gold or judged.

    The passage's sentences were already shown, so those not picked count as judged.
    """
    shown = [c for c in near if c.source == offer.source and offer.start <= c.start < offer.end]
    others = [c for c in near if c not in shown]
    chosen: list[int] | None = None
    if not others:
        say("None elsewhere comes near.")
    else:
        say("These come near:")
        _print_numbered([f"{candidate.text} ({candidate.source})" for candidate in others])
        asked = "Which of them answer it (numbers; Enter for none)"
        chosen = prompt(asked, default="", show_default=False, value_proc=_numbers(len(others)))
    more = [others[number - 1] for number in chosen or () if number]
    answers = (*pair.answers, *((candidate.source, candidate.text) for candidate in more))
    if first:
        _print_kinds()
    usual = "factoid" if answers else "near-miss"
    kind = prompt("Kind (its beginning will do; ? lists them)", default=usual, value_proc=_kind)
    quotes = {quote for _, quote in answers}  # another document may have the same words
    judged = tuple(dict.fromkeys(candidate.text for candidate in near if candidate.text not in quotes))
    return replace(pair, kind=kind, answerable=bool(answers), answers=answers, judged=judged)


def _kind(typed: str) -> str:
    """The only kind that starts with what was typed."""
    found = [kind for kind in KINDS if kind.startswith(typed.strip().lower())]
    if len(found) != 1:
        _print_kinds()
        raise click.UsageError("type the beginning of one of these.")
    return found[0]


def _print_kinds() -> None:
    for kind, meaning in KINDS.items():
        say(f"  {kind:15}{meaning}")


def _numbers(most: int, stop: str | None = None) -> Callable[[str], list[int] | None]:
    """A reader of numbers from 0 to ``most``, separated by spaces or commas; None for the word ``stop``."""

    def read(typed: str) -> list[int] | None:
        if typed.strip().lower() == stop:
            return None
        pieces = typed.replace(",", " ").split()
        if not all(piece.isdecimal() and int(piece) <= most for piece in pieces):
            raise click.UsageError(f"type numbers from 1 to {most}, such as 1 3.")
        return list(dict.fromkeys(map(int, pieces)))

    return read


def _print_numbered(sentences: Sequence[str]) -> None:
    for number, sentence in enumerate(sentences, 1):
        say(*wrapped(sentence, f"{number:3}. "))


def wrapped(text: str, indent: str = "") -> list[str]:
    return click.wrap_text(text, _LINE, initial_indent=indent, subsequent_indent=" " * len(indent)).split("\n")
