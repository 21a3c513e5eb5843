"""The process in which atheris fuzzes one format; ``eval/stress/reading/fuzz.py`` starts it.

    python -m eval.stress.reading.fuzz_target FORMAT FINDINGS [options of libFuzzer and folders of seeds]

The first input with each kind of fault is written to FINDINGS, and the fuzzing goes on.
"""

import hashlib
import logging
import random
import sys
from pathlib import Path

import atheris

from eval.stress.reading import fuzz_markup
from eval.stress.reading.fuzz_words import SUFFIXES, TOKENS

with atheris.instrument_imports(include=["qa.readers", "qa.text", "pypdf", "markdown_it", "trafilatura"]):
    import qa.readers.html.reader
    import qa.readers.jats.reader
    import qa.readers.markdown
    import qa.readers.pdf.reader
    import qa.readers.plain  # noqa: F401
    from eval.stress.reading import soundness
    from qa.readers.worker import RECURSION

MARKUP = frozenset({"jats", "html"})


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    suffix = SUFFIXES[name]
    seen: set[str] = set()

    def read(data: bytes) -> None:
        fault = soundness.fault_of(data, suffix)
        if fault and fault not in seen:
            seen.add(fault)
            found = folder / f"{hashlib.sha256(fault.encode()).hexdigest()[:12]}{suffix}"
            found.write_bytes(data)
            found.with_suffix(f"{suffix}.fault").write_text(f"{fault}\n", "utf-8")

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        chosen = random.Random(seed)
        changed = data if chosen.random() < 0.3 else fuzz_markup.mutated(data, chosen, TOKENS[name])
        usable = changed != data and len(changed) <= max_size
        return changed if usable else bytes(atheris.Mutate(data, max_size))

    logging.disable()
    sys.setrecursionlimit(RECURSION)
    atheris.Setup([sys.argv[0], *sys.argv[3:]], read, **({"custom_mutator": mutate} if name in MARKUP else {}))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
