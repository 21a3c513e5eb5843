#!/usr/bin/env python3
"""Set everything up, then do one thing. Needs Python 3.11 or newer and a package index, nothing else.

    python3 run.py chat [OPTIONS]   open the chat page on the built-in reviews (options of 'qa serve')
    python3 run.py test [OPTIONS]   run all checks and tests (options of pytest); those of the page where Chromium is
    python3 run.py qa ARGUMENTS     the command line, e.g. python3 run.py qa ask "What is IL-2?"

Everything is installed into .venv/ beside this file, in the exact versions of constraints.txt. uv is fetched first
and installs the rest. If uv is not available, pip does it (PINCITE_INSTALLER=pip asks for that). A second run finds
everything installed and starts at once.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "installed.sha256"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

SIZE = """setting up .venv, once: a few minutes, mostly downloads. It takes some 2 GB on disk, and several more where
the package index has torch for CUDA alone, as for Linux on Intel and AMD."""

PINNED = ("-c", "constraints.txt")
INTERRUPTED = 130

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
)
AT_ONCE = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
"""One test process per core, at most four to save memory. Neighbouring tests share a process and costly fixtures."""

MEMORY, ROOM = Path("/dev/shm"), 2 << 30


def main() -> int:
    command, *arguments = sys.argv[1:] or ["--help"]
    if command not in ("chat", "test", "qa"):
        print(__doc__)
        return 0 if command in ("-h", "--help") else 2
    os.chdir(ROOT)
    set_up(extras=test_extras() if command == "test" else [])
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
    return call("-m", "pytest", *AT_ONCE, *arguments, **in_memory())


def in_memory() -> dict[str, str]:
    """Let tests write to memory if Linux has such a folder with room. On a disk, most of their time is waiting."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return {"TMPDIR": str(MEMORY)} if has_room else {}


def call(*arguments: str, **environment: str) -> int:
    try:
        return subprocess.call([str(PYTHON), *arguments], env={**environment, **os.environ})
    except KeyboardInterrupt:
        return INTERRUPTED


def test_extras() -> list[str]:
    """The extras for tests, with the browser driver if there is a browser."""
    names = [os.environ.get("PINCITE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return ["dev", "browser"] if any(map(shutil.which, names)) else ["dev"]


def set_up(extras: list[str]) -> None:
    """Make the environment, unless it exists and was made from the same files."""
    if sys.version_info < (3, 11):  # noqa: UP036  # an older Python may run this file
        sys.exit("Pincite needs Python 3.11 or newer; run this file with a newer python3.")
    wanted = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        wanted.update((ROOT / name).read_bytes())
    installed = STAMP.read_text().split() if STAMP.exists() else []
    if installed[:1] == [wanted.hexdigest()] and {*extras} <= {*installed[1:]}:
        return
    begun = time.monotonic()
    print(SIZE, flush=True)
    STAMP.unlink(missing_ok=True)
    if not PYTHON.exists():
        say("making the environment …")
        make_environment()
    target = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    if not install_with_uv(target):
        say("installing with pip, which says nothing until it is done …")
        if not pip("-e", target):
            sys.exit("Setting up failed; the lines above say why. Mend that and run the same command again.")
    STAMP.write_text(" ".join([wanted.hexdigest(), *extras]))
    size = sum(file.stat().st_size for file in ENVIRONMENT.rglob("*") if file.is_file() and not file.is_symlink())
    say(f"done in {time.monotonic() - begun:.0f} s, {size / 1e9:.1f} GB in .venv.")


def install_with_uv(target: str) -> bool:
    """Install with uv; return whether it worked. pip installs torch first: it knows more places, like local folders."""
    if os.environ.get("PINCITE_INSTALLER") == "pip":
        return False
    say("fetching uv …")
    if not pip("uv"):
        return False
    say("installing torch with pip, the largest part …")
    if not pip("--no-compile", "torch"):
        return False
    say("installing the rest with uv …")
    places = {"UV_DEFAULT_INDEX": index} if (index := pip_index()) else {}
    return ran("uv", "--quiet", "pip", "install", "--python", str(PYTHON), *PINNED, "-e", target, **places)


def pip_index() -> str:
    """The package index in pip's settings, empty for the default. uv does not read pip's settings."""
    asked = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    known = dict(line.split("=", 1) for line in asked.stdout.splitlines() if "=" in line)
    return next((value.strip("'") for name, value in known.items() if name.endswith(".index-url")), "")


def pip(*arguments: str) -> bool:
    return ran("pip", "install", "--quiet", "--disable-pip-version-check", *PINNED, *arguments)


def ran(*command: str, **environment: str) -> bool:
    """Run a program of the environment; return whether it succeeded. Exits if a person interrupted it."""
    status = call("-m", *command, **environment)
    if status == INTERRUPTED:
        sys.exit("stopped; the same command goes on from here.")
    return status == 0


def say(doing: str) -> None:
    """Tell the waiting user what is being done."""
    print(f"  {doing}", flush=True)


def make_environment() -> None:
    """Make a virtual environment with pip, even if Python came without ensurepip."""
    with_pip = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], capture_output=True, check=False)
    if with_pip.returncode == 0:
        return
    without = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(ENVIRONMENT)]
    borrowed = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    if subprocess.call(without) or subprocess.call(borrowed):
        sys.exit("Python's venv is missing; install it (on Debian: apt install python3-venv) and try again.")


if __name__ == "__main__":
    sys.exit(main())
