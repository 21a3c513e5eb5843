"""The process that extracts the words of one file. In: a line of JSON, then the file's bytes. Out: JSON."""

import json
import sys
from collections.abc import Sequence

from qa.proof.extraction import WAYS, words_of_pdf
from qa.readers.isolation import Limits
from qa.readers.worker import lock_in, restrict


def main(limits: str) -> None:
    """Extract under these limits and write the words by page, or null if that fails."""
    restrict(Limits(**json.loads(limits)))
    head, data = sys.stdin.buffer.read().split(b"\n", 1)
    asked = json.loads(head)
    try:
        lock_in()
        found: dict[int, str] | None = words(data, asked["format"], asked["pages"])
    except Exception:  # the border of isolation: a hostile file may cause any error
        found = None
    sys.stdout.buffer.write(json.dumps(found).encode())


def words(data: bytes, format_name: str, pages: Sequence[int]) -> dict[int, str]:
    """The words of a file by page; all on page 0 if the format has no pages."""
    return words_of_pdf(data, pages) if format_name == "PDF" else {0: WAYS[format_name][1](data)}


if __name__ == "__main__":
    main(*sys.argv[1:])
