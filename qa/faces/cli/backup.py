"""``qa backup`` and ``qa restore``: a library in one file."""

from dataclasses import asdict
from pathlib import Path

import click

from qa.faces.cli import terminal
from qa.faces.cli.options import json_option, library_option, new_library_option
from qa.faces.console import say
from qa.stores.local.backup import back_up
from qa.stores.local.backup import restore as restored


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@library_option
@json_option
def backup(file: Path, path: Path, as_json: bool) -> None:
    """Write all that the library keeps into one new file, and read it back.

    The library may be in use meanwhile. FILE holds its texts, originals, conversations and keys: keep it as private.
    """
    made = back_up(path, file)
    if as_json:
        terminal.print_json({"file": str(file), **asdict(made)})
    else:
        say(f"{file} holds {made.documents} documents in {made.passages} passages; every byte of it was read back.")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@new_library_option
@json_option
def restore(file: Path, path: Path, as_json: bool) -> None:
    """Make the library of a backup anew, in a folder that is new or empty.

    It is checked before it is put in place.
    """
    made = restored(file, path)
    if as_json:
        terminal.print_json({"library": str(path), **asdict(made)})
    else:
        say(f"The library {path} holds {made.documents} documents in {made.passages} passages, as of {made.made}.")
