"""Parse a file in a separate process, so that a hostile file can fail only itself, never the library.

The process gets the file's bytes on standard input and writes its reading as JSON. The system enforces limits on
memory, processor time and output; the process is killed when its wall time is up. Its environment has only what Python
needs. It locks itself in before it parses (``qa.readers.sandbox``).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.readers.blocks import Block, NotReadable, Reading
from qa.records import Doubt, Mention, Reference

_ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost to parse."""

    memory_bytes: int = 1 << 30
    cpu_s: int = 30
    wall_s: float = 60
    output_bytes: int = 64_000_000


DEFAULT_LIMITS = Limits()


def parse_isolated(data: bytes, suffix: str, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read a file's bytes with the reader for their content and suffix. NotReadable says why it failed."""
    return decoded(run_isolated("qa.readers.worker", [suffix], data, limits))


def run_isolated(module: str, arguments: Sequence[str], data: bytes, limits: Limits) -> bytes:
    """Run a module in a separate process with these bytes on standard input, and return its output.

    The limits are its last argument; the module applies them itself (``qa.readers.worker.restrict``). NotReadable if it
    exceeded them or crashed.
    """
    command = [sys.executable, "-P", "-m", module, *arguments, json.dumps(asdict(limits))]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        try:
            process.communicate(data, timeout=limits.wall_s)
        except subprocess.TimeoutExpired:
            raise NotReadable("too_slow", f"took longer than {limits.wall_s:g} s to read; leave it out.") from None
        finally:
            process.kill()
            process.wait()
        output.seek(0)
        _check(process.returncode)
        return output.read()


def _environment() -> Mapping[str, str]:
    """The variables that Python needs to start and to find this package; no password and no key."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in _NEEDED}
    inherited = kept.get("PYTHONPATH")
    return {**kept, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join([str(_ROOT), *([inherited] if inherited else [])])}


_NEEDED = frozenset(
    """
    PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH SYSTEMROOT
    HOME USERPROFILE APPDATA LANG LC_ALL LC_CTYPE
    PYTHONHOME PYTHONPATH PYTHONUSERBASE PYTHONNOUSERSITE PYTHONUTF8 PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX
    """.split()
)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Readers that use numpy start no threads before the sandbox, and take no other process's CPU time."""


def _check(status: int) -> None:
    if status < 0:
        # Only the system ends the worker by a signal: out of processor time, or crashed on the file.
        if -status in _OUT_OF_TIME:
            raise NotReadable("too_slow", "takes too much work to read; leave it out.")
        raise NotReadable("malformed", BROKEN)


_OUT_OF_TIME = (9, 24)  # SIGKILL and SIGXCPU: the limit of processor time was exceeded
BROKEN = "cannot be read, and broke its reader; save it again with another program."


def encoded(outcome: Reading | NotReadable) -> bytes:
    """The output of the process: a reading, or the reason why there is none."""
    if isinstance(outcome, NotReadable):
        form: Mapping[str, Any] = {"status": outcome.status, "reason": outcome.reason}
    else:
        form = to_form(outcome)
    return json.dumps(form, ensure_ascii=False).encode()


def decoded(output: bytes) -> Reading:
    """The reading that the process wrote. NotReadable if it wrote a reason instead, or its output is incomplete."""
    try:
        form = json.loads(output)
    except ValueError:
        raise NotReadable("malformed", BROKEN) from None
    if "status" in form:
        raise NotReadable(form["status"], form["reason"])
    return from_form(form)


def to_form(reading: Reading) -> dict[str, Any]:
    """A reading in a form that JSON can hold."""
    return {
        "blocks": [asdict(block) for block in reading.blocks],
        "fields": dict(reading.fields),
        "references": [asdict(reference) for reference in reading.references],
    }


def from_form(form: Mapping[str, Any]) -> Reading:
    """A reading from its JSON form."""
    blocks = [
        Block(
            block["text"],
            block["level"],
            block["role"],
            tuple((offset, page) for offset, page in block["pages"]),
            tuple(Mention(**mention) for mention in block["mentions"]),
            block["part"],
            tuple(Doubt(**doubt) for doubt in block["doubts"]),
        )
        for block in form["blocks"]
    ]
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in form["fields"].items()}
    return Reading(blocks, fields, tuple(Reference(**reference) for reference in form["references"]))
