#!/usr/bin/env python3
"""Set everything up, then do one thing. Needs Python 3.11 or newer and a package index, nothing else.

    python3 run.py chat [OPTIONS]   open the chat page on the built-in reviews (options of 'qa serve')
    python3 run.py test [OPTIONS]   run all checks and tests (options of pytest)
    python3 run.py qa ARGUMENTS     the command line, e.g. python3 run.py qa ask "What is IL-2?"

What is installed goes into .venv/ beside this file, with the exact versions of constraints.txt. A second
run finds it there and starts at once.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "installed.sha256"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
)


def main() -> int:
    command, *arguments = sys.argv[1:] or ["--help"]
    if command not in ("chat", "test", "qa"):
        print(__doc__)
        return 0 if command in ("-h", "--help") else 2
    os.chdir(ROOT)
    set_up(extra="dev" if command == "test" else "")
    if command == "chat":
        return call("ui.py", *arguments)
    if command == "qa":
        return call("-m", "qa", *arguments)
    return test(arguments)


def test(arguments: list[str]) -> int:
    for check in CHECKS:
        print("checking:", *check, flush=True)
        status = call("-m", *check)
        if status:
            return status
    return call("-m", "pytest", *arguments)


def call(*arguments: str) -> int:
    try:
        return subprocess.call([str(PYTHON), *arguments])
    except KeyboardInterrupt:
        return 130


def set_up(extra: str) -> None:
    """Make the environment, unless it is there and was made from these very files."""
    if sys.version_info < (3, 11):  # noqa: UP036  # an older one may well be what runs this file
        sys.exit("Pincite needs Python 3.11 or newer; run this file with a newer python3.")
    wanted = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        wanted.update((ROOT / name).read_bytes())
    installed = STAMP.read_text().split() if STAMP.exists() else []
    if installed[:1] == [wanted.hexdigest()] and extra in ("", *installed[1:]):
        return
    print("setting up .venv (once; a few minutes, mostly downloads) …", flush=True)
    STAMP.unlink(missing_ok=True)
    if not PYTHON.exists():
        make_environment()
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt", "-e", target)
    if call(*install):
        sys.exit("Setting up failed; the lines above say why. Mend that and run the same command again.")
    STAMP.write_text(f"{wanted.hexdigest()} {extra}")


def make_environment() -> None:
    """A virtual environment with pip, also where Python came without the part that brings pip."""
    with_pip = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], capture_output=True, check=False)
    if with_pip.returncode == 0:
        return
    without = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(ENVIRONMENT)]
    borrowed = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    if subprocess.call(without) or subprocess.call(borrowed):
        sys.exit("Python's venv is missing; install it (on Debian: apt install python3-venv) and try again.")


if __name__ == "__main__":
    sys.exit(main())
