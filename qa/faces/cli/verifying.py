"""``qa verify``: saved answers proved again."""

from collections.abc import Sequence
from pathlib import Path

import click

import qa
from qa.faces import replies
from qa.faces.asking_again import asked_again
from qa.faces.cli import terminal
from qa.faces.cli.options import DONE, NO, json_option, library_option
from qa.proof.saved import read_answers


@click.command()
@click.argument("file", metavar="ANSWER.json", type=click.Path(path_type=Path))
@click.option(
    "--source",
    "sources",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Also prove the quotes against this source file, read anew; may be repeated.",
)
@click.option("--ask-again", is_flag=True, help="Also ask the question again; this needs the model.")
@library_option
@json_option
def verify(file: Path, sources: Sequence[Path], ask_again: bool, path: Path, as_json: bool) -> int:
    """Prove a saved answer again, and say what that covers.

    Its quotes have to be whole sentences that the library keeps, and its signature, if it has one, has to fit. Exit
    status 1 when something does not stand; it is named.
    """
    answers = read_answers(file)
    with qa.open(path) as library:
        proof = replies.proof(library.proofs.verify_all(answers, sources))
        proof = asked_again(library, answers, proof) if ask_again else proof
    if as_json:
        terminal.print_json(proof)
    else:
        terminal.print_proof(proof)
    return DONE if proof["stands"] else NO
