"""The progress of adding files, in words. The share is counted in passages, estimated from the sizes of the files."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Literal

Stage = Literal["reading", "embedding", "done", "asking"]

STAGES: Mapping[Stage, str] = {
    "reading": "reading {}",
    "embedding": "making {} searchable",
    "done": "writing the search index",
    "asking": "asking {}",
}
"""Each stage in plain words."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """Where the work is: files done of the total, and passages made of those expected.

    ``expected`` is estimated from the sizes of the files that are left; None before the first passages.
    """

    done: int
    total: int
    path: Path
    stage: Stage
    passages: int = 0
    expected: int | None = None

    @property
    def share(self) -> float:
        """The share of the work that is done, 0 to 1."""
        return self.passages / self.expected if self.expected else self.done / max(self.total, 1)

    @property
    def counted(self) -> str:
        """The number of the present file or question, and how many passages there are."""
        one = "question" if self.stage == "asking" else "file"
        place = f"{one} {min(self.done + 1, self.total)} of {self.total}"
        return f"{place}, {self.passages} of about {self.expected} passages" if self.expected else place

    def words(self, name: str) -> str:
        """The stage in words, with this file name.

        >>> Progressed(0, 3, Path("a.txt"), "embedding").words("a.txt")
        'making a.txt searchable'
        """
        return STAGES[self.stage].format(name)


Progress = Callable[[Progressed], None]
"""Called at each stage of each file."""


def silent(*told: object) -> None:
    """Tell nobody."""


class Work:
    """Counts the files of one job and their passages, and reports the progress."""

    def __init__(self, files: Sequence[Path], progress: Progress) -> None:
        self._files, self._progress = files, progress
        self._sizes = list(map(_size, files))
        self._passages, self._read = 0, 0

    def at(self, place: int, stage: Stage) -> None:
        """Report that the file at this position is in this stage."""
        done = len(self._files) if stage == "done" else place
        expected = None
        if self._passages:
            left = sum(self._sizes[done:])
            expected = self._passages + round(self._passages * left / max(1, self._read))
        self._progress(Progressed(done, len(self._files), self._files[place], stage, self._passages, expected))

    def became(self, place: int, passages: int) -> None:
        """Note how many passages a file became."""
        self._passages += passages
        self._read += self._sizes[place]


def _size(file: Path) -> int:
    try:
        return os.stat(file).st_size
    except OSError:  # reported when the file is read
        return 0


class Left:
    """Estimates the remaining time from the time since this was made."""

    def __init__(self) -> None:
        self._began = monotonic()

    def words(self, share: float) -> str:
        """The time left when this share of the work, 0 to 1, is done; empty at 0 and 1."""
        if not 0 < share < 1:
            return ""
        seconds = (monotonic() - self._began) * (1 - share) / share
        return f"about {_rounded(seconds)} left"


def _rounded(seconds: float) -> str:
    """
    >>> _rounded(7), _rounded(61), _rounded(7300)
    ('10 s', '2 min', '2 h 2 min')
    """
    if seconds <= 60:
        return f"{-int(-seconds // 10) * 10} s"
    minutes = -int(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
