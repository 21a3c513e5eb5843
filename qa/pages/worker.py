"""The process that draws pages of one PDF: a line of JSON that says which, and the file's bytes, in; JSON out."""

import json
import sys
from base64 import b64encode
from dataclasses import asdict
from typing import Any

from qa.pages.records import Wanted
from qa.readers.isolation import Limits
from qa.readers.worker import lock_in, restrict


def main(limits: str) -> None:
    """Draw under these limits and write the pictures, or nothing where PDFium cannot read the file."""
    restrict(Limits(**json.loads(limits)))
    head, data = sys.stdin.buffer.read().split(b"\n", 1)
    sys.stdout.write(json.dumps(drawn(head, data)))


def drawn(head: bytes, data: bytes) -> dict[str, Any] | None:
    """The pictures as JSON can carry them; None for a file that PDFium or its image library cannot cope with."""
    from qa.pages.drawing import draw  # here, under the limits

    try:
        lock_in()
        pages = draw(data, [Wanted(**wanted) for wanted in json.loads(head)])
    except Exception:  # the border of isolation: a hostile file may bring about anything
        return None
    forms = [asdict(picture) | {"image": b64encode(picture.image).decode()} for picture in pages.pictures]
    return {"count": pages.count, "pictures": forms}


if __name__ == "__main__":
    main(*sys.argv[1:])
