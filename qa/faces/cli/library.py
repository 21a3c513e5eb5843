"""The commands that fill, list, check and empty a library."""

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

import qa
from qa.faces import replies
from qa.faces.cli import terminal
from qa.faces.cli.options import DONE, MISTAKE, NO, json_option, library_option, new_library_option
from qa.faces.console import say
from qa.proof.citations import unread

if TYPE_CHECKING:
    from qa.indexing.ingest import Landed, Outcome


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help="A sentence-transformers model, by name or folder, for a new library.")
@click.option("--re-embed", is_flag=True, help="Embed all documents anew, with --model or the default model.")
@new_library_option
@json_option
def add(paths: Sequence[Path], model: str | None, re_embed: bool, path: Path, as_json: bool) -> int:
    """Add or update files and folders.

    Each file is told as soon as it is kept for good. Unchanged files cost nothing. Exit status 1 when some files
    could not be added; each is named.
    """
    from qa.indexing.finding import skipped_kinds

    if not paths and not re_embed:
        raise click.UsageError("Name at least one file or folder to add.")
    with terminal.progress() as progress:
        if re_embed:
            with qa.open(path) as library:
                count = library.reembed(model, progress=progress)
            say(f"Embedded {count} documents anew.", err=True)
        with qa.open(path, model=model) as library:
            outcomes = library.add(paths, progress=progress, landed=_tells(as_json)) if paths else []
            described = library.description()
    counts, skipped = terminal.counts(outcomes), skipped_kinds(paths)
    if as_json:
        files = list(map(terminal.landed, outcomes))
        terminal.print_line(counts | {"files": files, "skipped": skipped, "library": described})
    else:
        say(", ".join(f"{count} {status}" for status, count in counts.items()))
        terminal.print_skipped(skipped)
        terminal.print_size(path, described)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if not failed:
        return DONE
    return MISTAKE if len(failed) == len(outcomes) else NO


def _tells(as_json: bool) -> "Landed":
    """Prints what became of each file. Adding continues even if the output is closed."""

    def tell(outcome: "Outcome") -> None:
        try:
            if as_json:
                terminal.print_line(terminal.landed(outcome))
            else:
                terminal.print_landed(outcome)
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for everything still to be printed

    return tell


@click.command()
@click.option("--new-key", is_flag=True, help="Sign answers with a new key; those signed before are no longer its own.")
@library_option
@json_option
def check(new_key: bool, path: Path, as_json: bool) -> int:
    """Read all that is kept, and mend what is damaged.

    Documents, answers, reports and the rest of the folder. Exit status 1 when anything is lost for good, or is damaged
    and cannot be mended, as the library cannot be written.
    """
    from qa.readers import sandbox

    with qa.open(path) as library:
        found = library.check(new_key=new_key)
        described = library.description()
    if as_json:
        readers = asdict(sandbox.held())
        lost = [{"doc_id": doc_id, "source": found.names.get(doc_id)} for doc_id in found.lost]
        said = {"mended": found.mended, "lost": found.lost, "damaged": found.damaged, "missing": found.missing}
        said["unchecked"] = found.unchecked
        terminal.print_json(said | {"lost_documents": lost, "library": described, "readers": readers})
    else:
        terminal.print_findings(found)
        terminal.print_size(path, described)
        say(sandbox.held())
    return NO if found.lost or found.damaged or found.missing else DONE


@click.command()
@click.argument("name", metavar="DOC")
@library_option
@json_option
def remove(name: str, path: Path, as_json: bool) -> int:
    """Remove a document.

    DOC is its id, the beginning of its id, or its file name.
    """
    with qa.open(path) as library:
        doc_id = library.remove(name)
    if as_json:
        terminal.print_json({"removed": doc_id})
    else:
        say(f"removed {doc_id}")
    return DONE


@click.command()
@click.argument("name", metavar="[FILE]", required=False)
@click.option("--reading", is_flag=True, help="Show how FILE was read: its blocks by role, and what may be quoted.")
@library_option
@json_option
def documents(name: str | None, reading: bool, path: Path, as_json: bool) -> int:
    """List the documents of the library.

    With FILE, that one alone: its id, the beginning of it, or its file name; with --reading also the path of a file
    that is in no library.
    """
    if reading and name is None:
        raise click.UsageError("Name a document or a file with --reading: qa documents FILE --reading.")
    with qa.open(path) as library:
        if reading:
            return _print_reading(str(name), library, as_json)
        kept = library.documents() if name is None else [library.document(name)]
        forms = replies.documents(library, kept)
        described = library.description() if kept else {}
    if as_json:
        terminal.print_json(forms)
        return DONE
    for document, form in zip(kept, forms, strict=True):
        terminal.print_document(form, unread(document))
    say(f"{len(kept)} documents")
    terminal.print_old_readings(described)
    return DONE


def _print_reading(name: str, library: "qa.Library", as_json: bool) -> int:
    from qa.faces import readings
    from qa.faces.cli.reading import print_reading

    read = readings.read_as(name, library)
    if as_json:
        terminal.print_json(readings.to_dict(read))
    else:
        print_reading(read)
    return DONE
