"""After a change: update a library's copies, drop leftovers of removals, and seal its database."""

import logging
from contextlib import suppress
from pathlib import Path

from qa.errors import LibraryError
from qa.records import DocId
from qa.stores.local import originals, rows, seal
from qa.stores.local.database import Database
from qa.stores.local.recovery import enrolment
from qa.stores.local.recovery.copies import COPIES, Copies, DamagedCopy, pack, refuse_newer
from qa.stores.local.recovery.soundness import digest_of

_log = logging.getLogger(__name__)


def settle(
    database: Database, folder: Path, *, tidy: bool, aligned: bool = False, broken: seal.Seal | None = None
) -> None:
    """Update the copies unless ``aligned``, drop leftovers of removals if ``tidy``, and seal the database.

    ``broken`` is the seal that fitted before the first change in ``database.written``. To be called by the one writer.
    Work that fails for lack of space is done at the next opening.
    """
    try:
        if not aligned:
            align(database, folder)
        if tidy:
            # FTS5 keeps the terms of a removed passage until its segments are merged. Not by 'optimize', which adds
            # two levels to the index each time and breaks it at the two-thousandth.
            database.execute("INSERT INTO lexicon (lexicon) VALUES ('rebuild')")
        if database.checkpoint():
            seal.write(folder, database.file, database.facts(), broken, database.written)
    except (OSError, LibraryError) as error:
        _log.info("the library could not be sealed (%s); it is checked at its next opening", error)


def align(database: Database, folder: Path) -> None:
    """Give every document its copy, and remove copies and originals of documents no longer stored."""
    copies = Copies(folder / COPIES)
    digests: dict[DocId, str] = dict(database.execute("SELECT doc_id, digest FROM documents"))
    for doc_id in copies.ids():
        if doc_id not in digests:
            copies.remove(doc_id)
    for doc_id, digest in digests.items():
        if copies.digest(doc_id) != digest:
            with suppress(DamagedCopy):
                refuse_newer(copies.read(doc_id))
            copies.write(doc_id, pack(rows.kept(database, doc_id), database.fact("model")))
    copies.sweep()
    originals.align(database, folder)
    enrolment.align(database, folder)


def record(database: Database, folder: Path, doc_id: DocId) -> None:
    """Write a document's copy and its digest, or remove the copy of a removed one. Call it before the commit."""
    copies = Copies(folder / COPIES)
    if not database.execute("SELECT 1 FROM documents WHERE doc_id = ?", doc_id):
        copies.remove(doc_id)
        return
    copy = pack(rows.kept(database, doc_id), database.fact("model"))
    database.execute("UPDATE documents SET digest = ? WHERE doc_id = ?", digest_of(copy), doc_id)
    if copies.digest(doc_id) != digest_of(copy):
        copies.write(doc_id, copy)
