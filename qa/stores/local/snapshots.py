"""FAISS snapshots: derived from the database, immutable, checked and disposable.

A snapshot is one file with the serialised index, plus ``MANIFEST.json`` with that file's name, size and SHA-256. Both
are written beside their place, flushed to disk and renamed, the manifest last. ``faiss.write_index`` is avoided because
it may lose its tail on a full disk without an error. ``faiss.read_index`` accepts flipped bits, so the file is first
read once for its hash; it is never written again."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from qa.errors import NewerFormatError
from qa.stores.base import Vectors
from qa.stores.files import with_checksum, without_checksum, write_whole

SNAPSHOTS = "snapshots"
MANIFEST = "MANIFEST.json"
FORMAT = 3

_MAX_VECTOR_BYTES = 8 << 30


@dataclass(frozen=True, slots=True)
class Manifest:
    """The expected properties of a snapshot; any difference makes it useless."""

    format: int
    generation: int
    file: str
    bytes: int
    sha256: str
    count: int
    dimension: int
    owner: str
    """The library from which it was derived."""


class DamagedSnapshot(Exception):
    """The snapshot does not fit its manifest. Internal: the store rebuilds it from the database."""


class UnfinishedSnapshot(DamagedSnapshot):
    """One of its files is missing, perhaps only while another process replaces it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A read-only index of one generation. ``rows`` holds its row numbers in ascending order."""

    index: Any  # faiss.IndexIDMap2, whose stubs lack its Python methods
    rows: NDArray[np.int64]
    generation: int

    @property
    def last_row(self) -> int:
        """The highest row number in it, 0 if it is empty."""
        return int(self.rows[-1]) if len(self.rows) else 0


def build(rows: NDArray[np.int64], vectors: Vectors, dimension: int, generation: int) -> Snapshot:
    """An inner-product index over vectors of shape (len(rows), dimension), with each number in 8 bits.

    It is a quarter as large, so a search reads a quarter as much.
    """
    held = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap2(held)
    if len(rows):
        exact = np.ascontiguousarray(vectors, np.float32)
        index.train(exact)  # learns the minimum and maximum of each dimension
        index.add_with_ids(exact, rows)
    return Snapshot(index, np.sort(rows), generation)


def save(folder: Path, snapshot: Snapshot, owner: str) -> None:
    """Write the snapshot so that a reader always finds a complete one, old or new; remove older ones."""
    folder.mkdir(exist_ok=True)
    data = faiss.serialize_index(snapshot.index).tobytes()
    digest = hashlib.sha256(data).hexdigest()
    name = f"{snapshot.generation:010d}-{digest[:16]}.faiss"
    manifest = Manifest(
        FORMAT, snapshot.generation, name, len(data), digest, len(snapshot.rows), snapshot.index.d, owner
    )
    write_whole(folder / name, data)
    content = json.dumps(asdict(manifest), indent=1).encode()
    write_whole(folder / MANIFEST, with_checksum(content))
    for stale in (*folder.glob("*.faiss"), *folder.glob("*.tmp")):
        if stale.name != name:
            stale.unlink(missing_ok=True)


def load(folder: Path, owner: str) -> Snapshot | None:
    """The folder's snapshot, None if this library has none; DamagedSnapshot if unsound.

    Raises NewerFormatError if a newer Pincite has made it.
    """
    try:
        manifest = _manifest(folder / MANIFEST)
        if manifest.owner != owner:
            return None
        file = folder / manifest.file
        with file.open("rb") as stream:
            size, digest = os.fstat(stream.fileno()).st_size, hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        if not folder.exists() or not any(folder.iterdir()):
            return None
        raise UnfinishedSnapshot("a file is missing") from error
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedSnapshot("the manifest cannot be read") from error
    if size != manifest.bytes or digest != manifest.sha256:
        raise DamagedSnapshot("its bytes are not the ones that were written")
    return _read(file, manifest)


def _manifest(path: Path) -> Manifest:
    """The manifest. DamagedSnapshot if it is not what was written."""
    content = path.read_bytes()
    if content.startswith(b"{"):  # the first form, the same without a checksum
        form = json.loads(content)
        if (form["format"] ^ 1).bit_count() == 1:
            raise DamagedSnapshot("its manifest is of no version")
    else:
        written = without_checksum(content)
        if written is None:
            raise DamagedSnapshot("its manifest is not the one that was written")
        form = json.loads(written)
    if form["format"] > FORMAT:
        raise NewerFormatError(path, form["format"], FORMAT)
    return Manifest(**form)


def _read(file: Path, manifest: Manifest) -> Snapshot:
    faiss.set_deserialization_vector_byte_limit(_MAX_VECTOR_BYTES)
    try:
        index: Any = faiss.read_index(str(file))  # not from bytes in memory, which would need three copies
        rows = faiss.vector_to_array(index.id_map)
    except (RuntimeError, AttributeError) as error:
        raise DamagedSnapshot("FAISS cannot read it") from error
    if (index.ntotal, index.d) != (manifest.count, manifest.dimension):
        raise DamagedSnapshot("it does not hold what its manifest says")
    return Snapshot(index, np.sort(rows), manifest.generation)


def among(rows: NDArray[np.int64]) -> Any:
    """A selector of these rows."""
    return faiss.IDSelectorBatch(rows)


def but(rows: NDArray[np.int64]) -> Any:
    """A selector of all rows but these."""
    return faiss.IDSelectorNot(faiss.IDSelectorBatch(rows))


def search(snapshot: Snapshot, vector: Vectors, k: int, selector: Any = None) -> list[int]:
    """The k best rows by inner product in 8 bits, best first.

    A FAISS selector may leave out some rows.
    """
    if not len(snapshot.rows) or k < 1:
        return []
    faiss.omp_set_num_threads(1)  # per thread: a question keeps one core busy, and more threads would only wait
    parameters: Any = faiss.SearchParameters()
    parameters.sel = selector
    _, rows = snapshot.index.search(vector[None, :], min(k, len(snapshot.rows)), params=parameters)
    return [int(row) for row in rows[0] if row >= 0]
