"""The process that parses one file: ``python -m qa.readers.worker SUFFIX LIMITS``, bytes in, JSON out."""

import json
import sys
from typing import Any

from qa.readers import parse
from qa.readers.blocks import NotReadable
from qa.readers.isolation import Limits, to_form

try:
    import resource
except ModuleNotFoundError:  # Windows has no such limits; the wall time still holds there
    resource = None  # type: ignore[assignment]


def main(suffix: str, limits: str) -> None:
    """Parse standard input under these limits and print the reading, or why there is none."""
    _restrict(Limits(**json.loads(limits)))
    form = _form(sys.stdin.buffer.read(), suffix)
    sys.stdout.buffer.write(json.dumps(form, ensure_ascii=False).encode())


def _form(data: bytes, suffix: str) -> dict[str, Any]:
    try:
        return to_form(parse(data, suffix))
    except NotReadable as error:
        return {"status": error.status, "reason": error.reason}
    except MemoryError:
        return {"status": "too_big", "reason": "takes too much memory to read; split it, or leave it out."}
    except Exception as error:
        # The border of isolation: whatever a hostile file brings about ends here, as a status with its kind.
        reason = f"is not as its format should be ({type(error).__name__}); save it again with another program."
        return {"status": "malformed", "reason": reason}


def _restrict(limits: Limits) -> None:
    if resource is None:
        return
    sys.setrecursionlimit(2_000)
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
