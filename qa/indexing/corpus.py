"""The built-in corpus: the texts that come with Pincite, for a first question."""

from pathlib import Path

CORPUS = "corpus"


def builtin_corpus() -> Path | None:
    """The folder ``corpus`` in the working directory, or else that of Pincite's source tree; None if neither is."""
    places = (Path(CORPUS), Path(__file__).resolve().parents[2] / CORPUS)
    return next((place for place in places if place.is_dir()), None)
