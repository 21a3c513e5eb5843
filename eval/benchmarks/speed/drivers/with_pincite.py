"""Pincite for ``driver``: from files to a sealed library, and a full answer to each question."""

from pathlib import Path

from driver import drive

from qa.library import Library
from qa.models.encoders import OnnxEncoder


class Pincite:
    def __init__(self, model: str) -> None:
        self._encoder = OnnxEncoder()  # the same weights in 8 bits, from the package

    def add(self, material: dict[str, list[str]], folder: Path) -> None:
        with Library(folder, encoder=self._encoder) as library:
            library.add(material["files"])

    def open(self, folder: Path) -> None:
        self._library = Library(folder)

    def ask(self, question: str) -> list[str]:
        return [hit.text for hit in self._library.ask(question).hits]


if __name__ == "__main__":
    drive(Pincite)
