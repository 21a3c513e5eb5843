"""Dense search over the database: a snapshot, plus the newer rows beside it.

A document can be searched as soon as it is put, and is gone as soon as it is deleted. The snapshot holds the vectors in
8 bits and finds candidates; the exact vectors then give the scores. A damaged or missing snapshot is rebuilt from the
database; no document is lost.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.records import ANYWHERE, Scope
from qa.stores.base import Scores, Vectors
from qa.stores.local import snapshots
from qa.stores.local.database import Database, from_blob
from qa.stores.local.locking import Lock, Taken
from qa.stores.local.scoping import within

_log = logging.getLogger(__name__)

REFINED = 2
"""For k rows, this many times k candidates are compared exactly. They include all of the nearest ten
(``eval.benchmarks.speed.scale``)."""

_STALE_SHARE = 0.1
"""Write a new snapshot once this share of its rows is stale. Until then, newer rows are searched beside it."""


@dataclass(frozen=True, slots=True)
class _View:
    """The data searched for one generation of one library."""

    generation: int
    owner: str
    snapshot: snapshots.Snapshot
    newer_rows: NDArray[np.int64]
    newer_vectors: Vectors
    removed: NDArray[np.int64]
    """Rows of the snapshot that no longer exist."""


class DenseIndex:
    """The passages' vectors, searched by inner product. Use it inside ``Database.reading``."""

    def __init__(self, folder: Path, database: Database, lock: Lock) -> None:
        self._folder = folder
        self._database = database
        self._lock = lock
        self._view: _View | None = None

    def search(self, vector: Vectors, k: int, scope: Scope = ANYWHERE) -> Scores:
        """The ``k`` best rows within the scope."""
        with self._database.reading():
            view = self._current_view()
            allowed = self._rows(scope) if scope.limited else None
            if allowed is not None:
                selector = snapshots.among(allowed)
            else:
                selector = snapshots.but(view.removed) if len(view.removed) else None
            near = self._stored(snapshots.search(view.snapshot, vector, REFINED * k, selector))
        permitted = None if allowed is None else set(allowed.tolist())
        found = _cosines(*near, vector)
        beside = _cosines(view.newer_rows, view.newer_vectors, vector)
        found += [(row, score) for row, score in beside if permitted is None or row in permitted]
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k])

    def refresh(self) -> None:
        """Write a new snapshot if the present one is stale. To be called by the writer."""
        with self._database.reading():
            view = self._current_view()
            if len(view.newer_rows) + len(view.removed) <= _STALE_SHARE * len(view.snapshot.rows):
                return
            fresh = self._build()
        self._save(fresh, view.owner)
        self._view = None

    def check(self) -> list[str]:
        """Read the snapshot again, rebuild a damaged one, and report what was wrong. To be called by the writer."""
        self._view = None
        with self._database.reading():
            owner = str(self._database.fact("library"))
            try:
                snapshots.load(self._folder, owner)
            except snapshots.DamagedSnapshot as damage:
                self._save(self._build(), owner)
                return [f"the search index: {damage}"]
        return []

    def _current_view(self) -> _View:
        generation, owner = self._database.generation, str(self._database.fact("library"))
        if self._view is None or self._view.owner != owner:
            self._view = self._beside(self._load(generation, owner), generation, owner)
        elif self._view.generation != generation:
            self._view = self._beside(self._view.snapshot, generation, owner)
        return self._view

    def _beside(self, snapshot: snapshots.Snapshot, generation: int, owner: str) -> _View:
        newer = self._database.execute("SELECT row, vector FROM passages WHERE row > ? ORDER BY row", snapshot.last_row)
        ((every,),) = self._database.execute("SELECT count(*) FROM passages")  # by an index, without the vectors
        is_whole = every - len(newer) == len(snapshot.rows)
        removed = snapshot.rows[:0] if is_whole else np.setdiff1d(snapshot.rows, self._rows(ANYWHERE))
        return _View(generation, owner, snapshot, *self._arrays(newer), removed)

    def _load(self, generation: int, owner: str) -> snapshots.Snapshot:
        """The snapshot on disk, if it is sound and not newer than the state of this reading block."""
        try:
            snapshot = self._finished(owner)
        except snapshots.DamagedSnapshot as damage:
            _log.warning("the search index was damaged (%s) and was rebuilt from the database", damage)
            snapshot = self._build()
            self._repair(snapshot, owner)
        if snapshot is None or snapshot.generation > generation:
            return snapshots.build(*self._arrays([]), self._dimension, generation=0)
        return snapshot

    def _finished(self, owner: str) -> snapshots.Snapshot | None:
        """The snapshot on disk, None while another process is replacing it."""
        try:
            return snapshots.load(self._folder, owner)
        except snapshots.UnfinishedSnapshot as unfinished:
            try:
                with self._lock.acquire():  # nobody is replacing it now, so a missing file is lost
                    return snapshots.load(self._folder, owner)
            except Taken:
                return None
            except OSError:
                raise unfinished from None

    def _repair(self, snapshot: snapshots.Snapshot, owner: str) -> None:
        """Put the rebuilt snapshot in place, unless another process is writing, which then does so itself."""
        try:
            with self._lock.acquire():
                self._save(snapshot, owner)
        except (Taken, OSError):
            _log.info("the library cannot be locked; the rebuilt index is kept in memory")

    def _build(self) -> snapshots.Snapshot:
        stored = self._database.execute("SELECT row, vector FROM passages ORDER BY row")
        return snapshots.build(*self._arrays(stored), self._dimension, self._database.generation)

    def _save(self, snapshot: snapshots.Snapshot, owner: str) -> None:
        try:
            snapshots.save(self._folder, snapshot, owner)
        except OSError as error:
            _log.warning("the search index could not be saved (%s); it is rebuilt at the next start", error.strerror)

    def _stored(self, rows: Sequence[int]) -> tuple[NDArray[np.int64], Vectors]:
        """Those of these rows that exist, with their vectors."""
        sql = "SELECT row, vector FROM passages WHERE row IN (SELECT value FROM json_each(?))"  # works for any number
        return self._arrays(self._database.execute(sql, json.dumps(rows)))

    def _rows(self, scope: Scope) -> NDArray[np.int64]:
        """The existing rows within the scope."""
        condition, values = within(scope)
        found = self._database.execute(f"SELECT row FROM passages WHERE {condition} ORDER BY row", *values)
        return np.array([row for (row,) in found], np.int64)

    def _arrays(self, stored: Sequence[tuple[int, bytes]]) -> tuple[NDArray[np.int64], Vectors]:
        rows = np.array([row for row, _ in stored], np.int64)
        vectors = from_blob(b"".join(vector for _, vector in stored))
        return rows, vectors.reshape(len(rows), self._dimension)

    @property
    def _dimension(self) -> int:
        return int(self._database.fact("model")["dimension"])


def _cosines(rows: NDArray[np.int64], vectors: Vectors, vector: Vectors) -> list[tuple[int, float]]:
    """Each row with the cosine of its vector."""
    # Without BLAS: its threads would wait for more work and slow down the next computation.
    return list(zip(rows.tolist(), np.einsum("ij,j->i", vectors, vector).tolist(), strict=True))
