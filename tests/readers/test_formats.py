"""Formats added by installed packages: the reader of docs/readers.md, and faulty packages."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT

DOCS = (ROOT / "docs" / "readers.md").read_text("utf-8")

NBIB = """PMID- 12345
TI  - Interleukin-2 in
      the clinic.
AB  - High doses are toxic.
      Low doses are not.
FAU - Doe, Jane
FAU - Roe, Rick
"""

READ = """
import json, logging, sys
from pathlib import Path
from qa.errors import ReadError
from qa.readers import read, suffixes

logging.basicConfig(format="%(message)s")
try:
    document = read(Path(sys.argv[1]))
    said = [document.title, document.authors, document.pmid, document.text, [s.name for s in document.sections]]
except ReadError as error:
    said = [error.status, str(error).removeprefix(sys.argv[1])]
print(json.dumps([said, suffixes()]))
"""


def shown(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    return str(block)


def install(folder: Path, package: str, module: str, code: str, entry: str) -> None:
    """Write the files that pip installs for a package with one module and one entry point."""
    (folder / f"{module}.py").write_text(code, "utf-8")
    described = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text(f"[qa.readers]\n{entry}\n")


def install_documented(folder: Path) -> None:
    table, entry = shown("toml").strip().splitlines()
    assert table == '[project.entry-points."qa.readers"]'
    install(folder, "pincite-nbib", "pincite_nbib", shown("python"), entry.replace('"', ""))


def run(folder: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    return subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True)


def reading(folder: Path, name: str, text: str) -> tuple[list[object], list[str], str]:
    """Read a file. Return what was read, or the status and reason; the known suffixes; and the log."""
    path = folder / name
    path.write_text(text, "utf-8")
    done = run(folder, READ, str(path))
    assert done.returncode == 0, done.stderr
    said, known = json.loads(done.stdout)
    return said, known, done.stderr


NBIB_READ = [
    "Interleukin-2 in the clinic.",
    ["Doe, Jane", "Roe, Rick"],
    "12345",
    "Interleukin-2 in the clinic.\n\nAbstract\n\nHigh doses are toxic. Low doses are not.",
    ["", "Abstract"],
]


@pytest.mark.parametrize("name", ["a.nbib", "a.NBIB", "a.txt"])
def test_the_documented_reader_reads(tmp_path: Path, name: str) -> None:
    install_documented(tmp_path)
    said, known, logged = reading(tmp_path, name, NBIB)
    assert said == NBIB_READ
    assert ".nbib" in known
    assert logged == ""


def test_what_a_packages_reader_refuses_keeps_its_reason(tmp_path: Path) -> None:
    install_documented(tmp_path)
    said, _, _ = reading(tmp_path, "a.nbib", "PMID- 1\nTI  - A title\n")
    assert said == ["malformed", " holds no abstract; export the article anew."]


def test_the_reader_is_loaded_in_the_process_of_its_own_alone(tmp_path: Path) -> None:
    row = "from qa.readers import Format\nFORMAT = Format('notes', ('.note',), 'heavy:read')"
    heavy = (
        "import os\nfrom qa.readers import Block, Reading\ndef read(data): return Reading([Block(str(os.getpid()))])"
    )
    install(tmp_path, "notes", "light", row, "note = light:FORMAT")
    (tmp_path / "heavy.py").write_text(heavy)
    (tmp_path / "a.note").write_text("a")
    code = (
        "import os, sys; from pathlib import Path; from qa.readers import read\n"
        "assert 'light' not in sys.modules\n"
        "text = read(Path(sys.argv[1])).text\n"
        "assert text.isdigit() and int(text) != os.getpid()\n"
        "assert 'light' in sys.modules and 'heavy' not in sys.modules"
    )
    done = run(tmp_path, code, str(tmp_path / "a.note"))
    assert done.returncode == 0, done.stderr


FORMAT = "from qa.readers import Format\nFORMAT = "

BROKEN = {
    "raises when loaded": ("raise OSError('no such device')", "OSError: no such device"),
    "has no such name": ("", "AttributeError: module 'broken' has no attribute 'FORMAT'"),
    "is no Format": (
        "FORMAT = 5",
        "TypeError: broken:FORMAT is no qa.readers.formats.Format of a name, suffixes and a reader",
    ),
    "has a suffix for suffixes": (FORMAT + "Format('b', '.b', 'broken:read')", "TypeError: broken:FORMAT is no "),
    "has no dot": (FORMAT + "Format('b', ('b',), 'broken:read')", "ValueError: 'b' is no suffix"),
    "is in capitals": (FORMAT + "Format('b', ('.B',), 'broken:read')", "ValueError: '.B' is no suffix"),
    "looks at text": ("import re\n" + FORMAT + "Format('b', ('.b',), 'b:r', looks=re.compile('a'))", "TypeError: "),
    "takes a built-in suffix": (
        FORMAT + "Format('b', ('.b', '.pdf'), 'broken:read')",
        "ValueError: .pdf is read as PDF by Pincite already",
    ),
    "takes another package's": (
        FORMAT + "Format('b', ('.nbib',), 'broken:read')",
        "ValueError: .nbib is read as a PubMed export by pincite-nbib already",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_package_is_named_and_left_out(tmp_path: Path, fault: str) -> None:
    code, expected = BROKEN[fault]
    install_documented(tmp_path)
    install(tmp_path, "zz-broken", "broken", code, "b = broken:FORMAT")
    said, known, logged = reading(tmp_path, "a.nbib", NBIB)
    assert said == NBIB_READ
    assert ".b" not in known
    (line,) = logged.splitlines()
    assert line.startswith(f"the reader 'b' of the package zz-broken is left out ({expected}")
    assert line.endswith("); mend or uninstall that package.")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", " is bees, whose reader in the package zz-broken cannot be loaded (AttributeError: "),
        (
            "def read(data): return 'text'",
            " is bees, whose reader in the package zz-broken gives no Reading that holds (str)",
        ),
        (
            "from qa.readers import Block, Reading\n"
            "def read(data): return Reading([Block('a')], {'title': 5, 'colour': 'red', 'year': 2020})",
            " is bees, whose reader in the package zz-broken gives no Reading that holds (title, colour)",
        ),
    ],
    ids=["none", "no Reading", "no fields of a Document"],
)
def test_a_broken_reader_costs_its_files_alone(tmp_path: Path, code: str, expected: str) -> None:
    install(
        tmp_path, "zz-broken", "broken", FORMAT + f"Format('bees', ('.b',), 'broken:read')\n{code}", "b = broken:FORMAT"
    )
    said, _, logged = reading(tmp_path, "a.b", "bees")
    assert said[0] == "unsupported"
    assert str(said[1]).startswith(expected)
    assert logged == ""
    assert reading(tmp_path, "a.txt", "IL-2 works.")[0][3] == "IL-2 works."


def test_a_reader_that_the_process_of_its_own_does_not_find_is_a_status(tmp_path: Path) -> None:
    install_documented(tmp_path)
    (tmp_path / "a.nbib").write_text("TI  - A title\n")
    code = f"import sys; sys.path.append({str(tmp_path)!r})\n{READ}"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.nbib")], cwd=ROOT, capture_output=True, text=True
    )
    assert '["unsupported", " ends in .nbib, for which no reader is installed; install its package."]' in done.stdout
