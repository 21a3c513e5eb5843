"""The commands of ``qa questions``: check a set, write and judge one in the terminal, import one from another format.

Exit status as everywhere: 0 done, 1 the set has problems, 2 a mistake in the call.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

import qa
from qa.evaluation import drafting, importing
from qa.evaluation.checks import Candidate, Report, Texts, nearest, unmarked
from qa.evaluation.checks import check as checked
from qa.faces import replies
from qa.faces.cli.drafting import wrapped, write_pairs
from qa.faces.cli.options import json_option, library_option
from qa.faces.console import prompt, say, write
from qa.query.questions import read_questions
from qa.records import Question


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
            say(*wrapped(f"{name}: {', '.join([*finding.ids, finding.message])}"))
    for id, candidates in report.unjudged.items():
        say(f"\n{id}: {asked[id]}")
        for candidate in candidates:
            say(*wrapped(f"{candidate.text} ({candidate.source})", "  ? "))
    if report.unjudged:
        say("\nDo these answer, too? Say so with 'qa questions judge'.\n")
    for name, figure in report.figures.items():
        say(*wrapped(_counts(figure) if isinstance(figure, dict) else str(figure), f"{name:26}"))
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
    with qa.open(path) as library:
        library.prepare()
        pairs = write_pairs(file, library)
    say(f"{file}: pairs in it now: {pairs}.")
    if pairs:
        say("To check it, and to measure on it:")
        say(f"    qa questions check {file} --library {path}")
        say(f"    qa eval {file} --library {path} --out report")
    return 0


# ---------------------------------------------------------------- judge


@questions.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@library_option
def judge(file: Path, path: Path) -> int:
    """Judge the sentences that come near a question of a set and that nobody has judged.

    Each becomes an answer of its question, or is kept as judged, in FILE as soon as it is said; call it again
    with the same FILE to go on.
    """
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
        say(*wrapped(f"{quote} ({source})", "  = "))
    if not pair.answers:
        say("  = no answer")


def _judgement(candidate: "Candidate", texts: "Texts") -> str:
    """A person's judgement of a sentence, which is shown after the one before it."""
    if before := texts.before(candidate.source, candidate.start):
        say(*wrapped(before, "    "))
    say(*wrapped(f"{candidate.text} ({candidate.source})", "  ? "))
    asked = "Does it answer (y; n; s to leave it for later; q to stop)"
    return str(prompt(asked, type=click.Choice("ynsq", case_sensitive=False), show_choices=False))


def _judged(pair: Question, candidate: "Candidate", answers: bool, file: Path, position: int) -> Question:
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
    imported = importing.read(form, source)
    path = importing.write(imported, out)
    say(f"{len(imported.questions)} questions over {len(imported.texts)} texts. To measure on them:")
    say(f"    qa add {out / importing.TEXTS} --library {out / 'library'}")
    say(f"    qa eval {path} --library {out / 'library'}")
    return 0
