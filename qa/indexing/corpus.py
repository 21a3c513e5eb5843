"""The built-in corpus: the texts that come along, to have something to ask."""

from pathlib import Path

CORPUS = "corpus"


def builtin_corpus() -> Path | None:
    """The folder ``corpus`` here, or else the one that Pincite's source tree brings along."""
    places = (Path(CORPUS), Path(__file__).resolve().parents[2] / CORPUS)
    return next((place for place in places if place.is_dir()), None)
