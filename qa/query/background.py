"""How common a term is in open text. Without this, everyday words that a small library lacks would weigh too much.

The frequencies are in ``qa/data/background.txt.gz``, made by ``eval/training/background.py``.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FILE = "background.txt.gz"


@dataclass(frozen=True, slots=True)
class Background:
    """In how many paragraphs of open text each term occurs, of ``texts`` in all; rare terms are left out."""

    texts: int
    frequencies: Mapping[str, int]

    def share(self, term: str) -> float:
        """The share, 0 to 1, of paragraphs that hold the term; 0 for a term too rare to be listed."""
        return self.frequencies.get(term, 0) / self.texts if self.texts else 0.0


@cache
def background() -> Background:
    """The background that comes with Pincite, read once."""
    return parse(gzip.decompress(files("qa.data").joinpath(FILE).read_bytes()).decode())


def parse(text: str) -> Background:
    """The Background from the text form that ``form`` writes."""
    texts, _, lines = text.partition("\n")
    terms = (line.split(" ") for line in lines.splitlines())
    return Background(int(texts), {term: int(frequency) for frequency, *same in terms for term in same})


def form(background: Background) -> str:
    """The number of texts, then a line for each frequency, highest first, with the terms that have it."""
    by_frequency: dict[int, list[str]] = {}
    for term, frequency in background.frequencies.items():
        by_frequency.setdefault(frequency, []).append(term)
    lines = (
        " ".join([str(frequency), *sorted(same)]) for frequency, same in sorted(by_frequency.items(), reverse=True)
    )
    return "\n".join([str(background.texts), *lines]) + "\n"
