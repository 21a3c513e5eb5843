"""The process that parses one file: ``python -m qa.readers.worker SUFFIX LIMITS``, bytes in, JSON out."""

import json
import sys

from qa.readers import sandbox
from qa.readers.blocks import NotReadable, Reading
from qa.readers.files import parse
from qa.readers.formats import Reader, format_of, reader_of
from qa.readers.isolation import Limits, encoded

try:
    import resource
except ModuleNotFoundError:  # Windows has no such limits; the wall time still applies
    resource = None  # type: ignore[assignment]

TOO_MUCH_MEMORY = "takes too much memory to read; split it, or leave it out."
NOT_LOCKED = "was not read, as the system did not let its reader be locked in ({}); report that to Pincite's makers."
RECURSION = 2_000
"""The deepest nesting of a reader's calls."""


class Unforeseen(NotReadable):
    """A refusal that no reader intended; its cause is an error that the file provoked."""


def main(suffix: str, limits: str) -> None:
    """Parse standard input under these limits and write the reading, or why there is none."""
    restrict(Limits(**json.loads(limits)))
    data = sys.stdin.buffer.read()
    try:
        reader_of(format_of(data, suffix))  # loads the reader, wherever it is installed
        lock_in()
        outcome: Reading | NotReadable = parse_guarded(data, suffix)
    except NotReadable as error:
        outcome = error
    sys.stdout.buffer.write(encoded(outcome))


def parse_guarded(data: bytes, suffix: str, reader: Reader | None = None) -> Reading:
    """The isolation boundary: any error that a hostile file provokes becomes a NotReadable."""
    try:
        return parse(data, suffix, reader)
    except NotReadable:
        raise
    except MemoryError as error:
        raise Unforeseen("too_big", TOO_MUCH_MEMORY) from error
    except Exception as error:
        reason = f"is not as its format should be ({type(error).__name__}); save it again with another program."
        raise Unforeseen("malformed", reason) from error


def lock_in() -> None:
    """Block everything that parsing does not need, as far as the system can. NotReadable if that fails."""
    try:
        sandbox.enter()
    except OSError as error:
        raise NotReadable("unsupported", NOT_LOCKED.format(error.strerror)) from error


def restrict(limits: Limits) -> None:
    """Put this process under limits enforced by the system."""
    if resource is None:
        return
    sys.setrecursionlimit(RECURSION)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main(*sys.argv[1:])
