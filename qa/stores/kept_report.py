"""The report of a library's last evaluation: three files, shown only if their checksums fit."""

import hashlib
from pathlib import Path

from qa.stores.files import write_whole

REPORT = Path(".report", "report.html")
"""The place of the last evaluation's report in a library's folder, for the page to show. It is hidden, so that adding a
folder with a library in it does not read the report as a document."""
FILES = ("report.html", "report.md", "results.json")
SUMS = "SHA256SUMS"
"""The file of checksums, in the form of ``sha256sum``."""


def seal(library: Path) -> None:
    """Write the checksums of a report just written. OSError if that fails."""
    folder = library / REPORT.parent
    lines = [f"{_digest(folder / name)}  {name}\n" for name in FILES if (folder / name).exists()]
    write_whole(folder / SUMS, "".join(lines).encode())


def fault(library: Path) -> str | None:
    """What is wrong with the stored report, in words; None if it is sound or does not exist."""
    folder = library / REPORT.parent
    if not any((folder / name).exists() for name in (*FILES, SUMS)):
        return None
    try:
        lines = (folder / SUMS).read_text("ascii").splitlines()
        known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        wrong = [name for name in (REPORT.name, *known) if known.get(name) != _digest(folder / name)]
    except FileNotFoundError as error:
        return f"{Path(str(error.filename)).name} is missing"
    except (OSError, UnicodeDecodeError) as error:
        return f"{SUMS} cannot be read ({error})"
    return f"{wrong[0]} is not what was written" if wrong else None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
