"""FAISS snapshots: derived from the database, immutable, checked, and disposable.

A snapshot is one file of serialised index plus ``MANIFEST.json`` that names it with its size and SHA-256.
Both are written beside their place, flushed to disk and renamed, the manifest last. ``faiss.write_index``
is avoided because it may lose its tail on a full disk without an error, and ``faiss.read_index`` because
it accepts flipped bits: the bytes that were hashed are the bytes that are loaded.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from qa.stores import Vectors
from qa.stores.files import write_whole

MANIFEST = "MANIFEST.json"
FORMAT = 1

_MAX_VECTOR_BYTES = 8 << 30


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot must be: any difference makes it worthless."""

    format: int
    generation: int
    file: str
    bytes: int
    sha256: str
    count: int
    dimension: int
    owner: str
    """The library it was derived from."""


class DamagedSnapshot(Exception):
    """The snapshot is not what its manifest says. Internal: the store rebuilds it from the database."""


class UnfinishedSnapshot(DamagedSnapshot):
    """A file of it is missing, as for a moment while another process replaces it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An index of one generation, only ever read. ``rows`` holds its row numbers in ascending order."""

    index: Any  # faiss.IndexIDMap2, whose Python methods its stubs do not know
    rows: NDArray[np.int64]
    generation: int

    @property
    def last_row(self) -> int:
        """The greatest row number it covers, 0 where it is empty."""
        return int(self.rows[-1]) if len(self.rows) else 0


def build(rows: NDArray[np.int64], vectors: Vectors, dimension: int, generation: int) -> Snapshot:
    """An exact inner-product index over vectors of shape (len(rows), dimension)."""
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    index.add_with_ids(np.ascontiguousarray(vectors, np.float32), rows)
    return Snapshot(index, np.sort(rows), generation)


def save(folder: Path, snapshot: Snapshot, owner: str) -> None:
    """Write the snapshot so that a reader finds either the old one or this one, whole; drop older ones."""
    folder.mkdir(exist_ok=True)
    data = faiss.serialize_index(snapshot.index).tobytes()
    digest = hashlib.sha256(data).hexdigest()
    name = f"{snapshot.generation:010d}-{digest[:16]}.faiss"
    manifest = Manifest(
        FORMAT, snapshot.generation, name, len(data), digest, len(snapshot.rows), snapshot.index.d, owner
    )
    write_whole(folder / name, data)
    write_whole(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    for stale in (*folder.glob("*.faiss"), *folder.glob("*.tmp")):
        if stale.name != name:
            stale.unlink(missing_ok=True)


def load(folder: Path, owner: str) -> Snapshot | None:
    """The snapshot of the folder, None where there is none of this library; DamagedSnapshot if unsound."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_bytes()))
        if (manifest.format, manifest.owner) != (FORMAT, owner):
            return None
        data = (folder / manifest.file).read_bytes()
    except FileNotFoundError as error:
        if not folder.exists() or not any(folder.iterdir()):
            return None
        raise UnfinishedSnapshot("a file is missing") from error
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise DamagedSnapshot("the manifest cannot be read") from error
    if len(data) != manifest.bytes or hashlib.sha256(data).hexdigest() != manifest.sha256:
        raise DamagedSnapshot("its bytes are not the ones that were written")
    return _deserialized(data, manifest)


def _deserialized(data: bytes, manifest: Manifest) -> Snapshot:
    faiss.set_deserialization_vector_byte_limit(_MAX_VECTOR_BYTES)
    try:
        index: Any = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        rows = faiss.vector_to_array(index.id_map)
    except (RuntimeError, AttributeError) as error:
        raise DamagedSnapshot("FAISS cannot read it") from error
    if (index.ntotal, index.d) != (manifest.count, manifest.dimension):
        raise DamagedSnapshot("it does not hold what its manifest says")
    return Snapshot(index, np.sort(rows), manifest.generation)


def search(snapshot: Snapshot, vector: Vectors, k: int, allowed: NDArray[np.int64] | None) -> list[tuple[int, float]]:
    """The k best rows by inner product, among ``allowed`` where that is given."""
    if not len(snapshot.rows) or k < 1:
        return []
    selector = None if allowed is None else faiss.IDSelectorBatch(allowed)
    parameters: Any = faiss.SearchParameters()
    parameters.sel = selector
    scores, rows = snapshot.index.search(vector[None, :], min(k, len(snapshot.rows)), params=parameters)
    return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]
