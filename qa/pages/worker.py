"""Draws pages of one PDF in its own process. In: a JSON line with the request, then the file's bytes. Out: JSON."""

import json
import sys
from base64 import b64encode
from dataclasses import asdict
from typing import Any

from qa.pages.records import Wanted
from qa.readers.isolation import Limits
from qa.readers.worker import lock_in, restrict


def main(limits: str) -> None:
    """Draw under these limits and write the pictures, or nothing if PDFium cannot read the file."""
    restrict(Limits(**json.loads(limits)))
    head, data = sys.stdin.buffer.read().split(b"\n", 1)
    sys.stdout.write(json.dumps(drawn(head, data)))


def drawn(head: bytes, data: bytes) -> dict[str, Any] | None:
    """The pictures in a form for JSON; None if PDFium or its image library cannot handle the file."""
    from qa.pages.drawing import draw  # imported here, under the limits

    try:
        lock_in()
        pages = draw(data, [Wanted(**wanted) for wanted in json.loads(head)])
    except Exception:  # isolation boundary: a hostile file may cause any error
        return None
    forms = [asdict(picture) | {"image": b64encode(picture.image).decode()} for picture in pages.pictures]
    return {"count": pages.count, "pictures": forms}


if __name__ == "__main__":
    main(*sys.argv[1:])
