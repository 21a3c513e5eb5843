"""The commands of ``qa questions``: check a set, write and judge one in the terminal, import one of another form.

Exit status as everywhere: 0 done, 1 the set has problems, 2 a mistake in the call.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

import qa
from qa.errors import QuestionError
from qa.faces import replies
from qa.faces.cli.options import json_option, library_option
from qa.faces.console import prompt, say, write
from qa.query.questions import checked_question, read_questions
from qa.records import Question

if TYPE_CHECKING:
    from qa.evaluation.checks import Candidate, Report, Texts
    from qa.evaluation.drafting import Offer

_LINE = 100


@click.group()
def questions() -> None:
    """Write and check sets of questions with their answers."""


# ---------------------------------------------------------------- check


@questions.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@json_option
@library_option
def check(files: Sequence[Path], as_json: bool, path: Path) -> int:
    """Check a set against the documents.

    Several files are checked as one set, so that splits share nothing. Exit status 1 when there are
    problems, such as a quote that stands nowhere; advice, and sentences to judge, are for a person.
    """
    from qa.evaluation.checks import check as checked

    asked = [question for file in files for question in read_questions(file)]
    with qa.open(path) as library:
        library.prepare()
        report = checked(asked, library)
    if as_json:
        write(replies.text(asdict(report)))
    else:
        _print_report(report, {question.id: question.question for question in asked})
    return 0 if report.passes else 1


def _print_report(report: "Report", asked: dict[str, str]) -> None:
    for name, findings in (("problem", report.problems), ("advice", report.advice)):
        for finding in findings:
            say(*_wrapped(f"{name}: {', '.join([*finding.ids, finding.message])}"))
    for id, candidates in report.unjudged.items():
        say(f"\n{id}: {asked[id]}")
        for candidate in candidates:
            say(*_wrapped(f"{candidate.text} ({candidate.source})", "  ? "))
    if report.unjudged:
        say("\nDo these answer, too? Say so with 'qa questions judge'.\n")
    for name, figure in report.figures.items():
        say(*_wrapped(_counts(figure) if isinstance(figure, dict) else str(figure), f"{name:26}"))
    proved = sum(bool(proof.spans) for proof in report.proofs)
    left = sum(map(len, report.unjudged.values()))
    say(
        f"{report.questions} questions, {proved} of {len(report.proofs)} quotes proved; "
        f"problems {len(report.problems)}, advice {len(report.advice)}, sentences to judge {left}."
    )


def _counts(figure: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in figure.items())


# ---------------------------------------------------------------- draft


@questions.command()
@click.option("--out", "file", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The set, JSONL.")
@library_option
def draft(file: Path, path: Path) -> int:
    """Write questions with their answers, passage by passage.

    Each pair is in FILE as soon as it is saved; call it again with the same FILE to go on.
    """
    from qa.evaluation import drafting
    from qa.evaluation.checks import Texts, nearest, unmarked

    with qa.open(path) as library:
        library.prepare()
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
            if not gold:  # else the passage would be the least asked about for ever
                skipped.add(offer)
    say(f"{file}: pairs in it now: {len(pairs)}.")
    if pairs:
        say("To check it, and to measure on it:")
        say(f"    qa questions check {file} --library {path}")
        say(f"    qa eval {file} --library {path} --out report")
    return 0


_BEFORE = "{}: pairs in it so far: {}. Each is saved at once; q or Ctrl-C stops at any time."
_GUIDE = (
    "You are shown a passage, its sentences numbered. Think of what a reader would ask, pick the sentences that",
    "answer it, then write the question. Enter alone goes on to another passage.",
)


def _pick_sentences(offer: "Offer") -> list[int] | None:
    """The numbers of the sentences to ask about, 0 for none of them; empty for another passage, None to stop."""
    say("", *_wrapped(". ".join(filter(None, (offer.title, offer.section)))))
    _print_numbered(offer.sentences)
    asked = "Sentences that answer (numbers; 0 if no text answers; Enter for another passage; q to stop)"
    read = _numbers(len(offer.sentences), stop="q")
    picked: list[int] | None = prompt(asked, default="", show_default=False, value_proc=read)
    return picked


def _ask_question(pairs: Sequence[Question]) -> str:
    """A question that the set has not got yet; empty for another passage."""
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

    Sentences of the passage were on the screen already, so those not picked were judged.
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
    quotes = {quote for _, quote in answers}  # the same words may stand in another document
    judged = tuple(dict.fromkeys(candidate.text for candidate in near if candidate.text not in quotes))
    return replace(pair, kind=kind, answerable=bool(answers), answers=answers, judged=judged)


def _kind(typed: str) -> str:
    """The one kind that starts with what was typed."""
    from qa.evaluation.drafting import KINDS

    found = [kind for kind in KINDS if kind.startswith(typed.strip().lower())]
    if len(found) != 1:
        _print_kinds()
        raise click.UsageError("type the beginning of one of these.")
    return found[0]


def _print_kinds() -> None:
    from qa.evaluation.drafting import KINDS

    for kind, meaning in KINDS.items():
        say(f"  {kind:15}{meaning}")


def _numbers(most: int, stop: str | None = None) -> Callable[[str], list[int] | None]:
    """Reads numbers from 0 to ``most``, set apart by spaces or commas; None for the word that stops."""

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
        say(*_wrapped(sentence, f"{number:3}. "))


def _wrapped(text: str, indent: str = "") -> list[str]:
    return click.wrap_text(text, _LINE, initial_indent=indent, subsequent_indent=" " * len(indent)).split("\n")


# ---------------------------------------------------------------- judge


@questions.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@library_option
def judge(file: Path, path: Path) -> int:
    """Judge the sentences that come near a question of a set and that nobody has judged.

    Each becomes an answer of its question, or is kept as judged, in FILE as soon as it is said; call it again
    with the same FILE to go on.
    """
    from qa.evaluation.checks import Texts, nearest, unmarked

    pairs = read_questions(file)
    with qa.open(path) as library:
        library.prepare()
        texts = Texts({document.source: document for document in library.documents()})
        say(f"{file}: looking through {len(pairs)} questions for sentences to judge. Ctrl-C stops at any time.")
        said = []
        for position, pair in enumerate(pairs):
            near = unmarked(pair, nearest(pair.question, library), texts)
            if near:
                _print_pair(pair)
            for candidate in near:
                verdict = _judgement(candidate, texts)
                said.append(verdict)
                if verdict == "q":
                    break
                if verdict != "s":
                    pair = _judged(pair, candidate, verdict == "y", file, position)
            if "q" in said:
                break
    say(f"{file}: answers added {said.count('y')}, judged to be none {said.count('n')}, left {said.count('s')}.")
    return 0


def _print_pair(pair: Question) -> None:
    say(f"\n{pair.id}: {pair.question}")
    for source, quote in pair.answers:
        say(*_wrapped(f"{quote} ({source})", "  = "))
    if not pair.answers:
        say("  = no answer")


def _judgement(candidate: "Candidate", texts: "Texts") -> str:
    """What a person says of a sentence, shown after the one before it."""
    if before := texts.before(candidate.source, candidate.start):
        say(*_wrapped(before, "    "))
    say(*_wrapped(f"{candidate.text} ({candidate.source})", "  ? "))
    asked = "Does it answer (y; n; s to leave it for later; q to stop)"
    return str(prompt(asked, type=click.Choice("ynsq", case_sensitive=False), show_choices=False))


def _judged(pair: Question, candidate: "Candidate", answers: bool, file: Path, position: int) -> Question:
    from qa.evaluation import drafting

    judged = drafting.judged(pair, candidate.source, candidate.text, answers)
    drafting.rewrite(file, position, judged)
    if judged.answerable != pair.answerable:
        say(f"{pair.id} is answerable now; see in {file} whether its kind, {pair.kind}, is still right.")
    return judged


# ---------------------------------------------------------------- import


@questions.command("import")
@click.argument("form", type=click.Choice(("squad", "beir", "bioasq")))
@click.argument("source", metavar="PATH", type=click.Path(path_type=Path))
@click.option(
    "--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help="Where the questions and the texts go."
)
def import_command(form: str, source: Path, out: Path) -> int:
    """Import a question set of another form.

    PATH is a SQuAD-form or BioASQ-form JSON file, or a BEIR folder. Writes questions.jsonl, and the texts that
    it is about into texts/.
    """
    from qa.evaluation import importing

    imported = importing.read(form, source)
    path = importing.write(imported, out)
    say(f"{len(imported.questions)} questions over {len(imported.texts)} texts. To measure on them:")
    say(f"    qa add {out / importing.TEXTS} --library {out / 'library'}")
    say(f"    qa eval {path} --library {out / 'library'}")
    return 0
