"""The process that recognises text: ``python -m qa.readers.ocr.worker LIMITS``, a PDF in, JSON out."""

import json
import sys
from functools import partial

from qa.readers.blocks import NotReadable, Reading
from qa.readers.isolation import Limits, encoded
from qa.readers.ocr.recogniser import recogniser
from qa.readers.pdf import reader
from qa.readers.worker import lock_in, parse_guarded, restrict


def main(limits: str) -> None:
    """Read standard input under these limits, recognise its pages without text, and write the reading."""
    restrict(Limits(**json.loads(limits)))
    data = sys.stdin.buffer.read()
    try:
        recognise = recogniser()
        lock_in()
        outcome: Reading | NotReadable = parse_guarded(data, ".pdf", partial(reader.read, recognise=recognise))
    except NotReadable as error:
        outcome = error
    sys.stdout.buffer.write(encoded(outcome))


if __name__ == "__main__":
    main(*sys.argv[1:])
