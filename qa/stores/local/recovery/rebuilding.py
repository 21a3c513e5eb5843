"""Rebuild a damaged database from the copies of its documents, or from their own rows."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from qa.errors import LibraryDamagedError, LibraryError
from qa.records import DocId
from qa.stores.files import sync_folder
from qa.stores.findings import Findings
from qa.stores.local import rows, seal
from qa.stores.local.database import Database
from qa.stores.local.recovery import enrolment
from qa.stores.local.recovery.copies import COPIES, Copies, DamagedCopy, pack, unpack
from qa.stores.local.recovery.settling import record, settle
from qa.stores.local.recovery.soundness import UNREADABLE, digest_of, faults
from qa.stores.local.schema import DATABASE, create_database, names_in

_log = logging.getLogger(__name__)

_REBUILT = "rebuilt.sqlite"
_ASIDE = "library.damaged"


def rebuild(folder: Path, damaged: Database | None, sealed: seal.Seal | None, why: str) -> tuple[Database, Findings]:
    """Replace the damaged database by a new one. The old one stays untouched until the new one is complete.

    What neither a copy nor the damaged database still holds is lost.
    """
    new, lost = folder / _REBUILT, list[DocId]()
    _remove_database(new)
    known = enrolment.known(folder)
    names = {doc_id: registered.source for doc_id, registered in known.documents.items()}
    names |= names_in(folder / DATABASE)
    found = _restorable(folder, damaged, [*names], lost)
    first = next(found, None)
    if first is None:
        raise LibraryDamagedError(_nothing_left(folder, why, names))
    generation = max(_generation(damaged), known.generation, _sealed_generation(sealed))
    create_database(new, {"model": first[1], "library": uuid4().hex})
    with _removed_on_failure(new), closing(Database(new)) as made:
        restored = _restore(made, folder, [first], lost) + _restore(made, folder, found, lost)
        # The same documents make the same generation. If it is unknown, it must differ from an empty library's.
        made.set_fact("generation", (generation or made.generation) + bool(lost))
        if wrong := faults(made, thorough=True):
            raise LibraryError(f"{folder / DATABASE} could not be made anew ({wrong[0]}); run 'qa check' again.")
    aside = _put_in_place(folder, new, keep=bool(lost))
    findings = Findings((f"the database: {why}",), tuple(lost), {id: names[id] for id in lost if id in names})
    _tell(findings, why, restored, aside)
    database = Database(folder / DATABASE)
    settle(database, folder, tidy=False)
    return database, findings


def _nothing_left(folder: Path, why: str, names: Mapping[DocId, str]) -> str:
    lost = ", ".join(f"{source} ({doc_id})" for doc_id, source in sorted(names.items(), key=lambda item: item[1]))
    said = f"{folder / DATABASE} is damaged ({why})" + (f" and no copy is left of: {lost}" if lost else "")
    return f"{said}; move it away and run 'qa add' again."


def _sealed_generation(sealed: seal.Seal | None) -> int:
    return int(sealed.facts.get("generation") or 0) if sealed else 0


def _restorable(
    folder: Path, damaged: Database | None, known: Collection[DocId], lost: list[DocId]
) -> Iterator[tuple[rows.Kept, dict[str, Any]]]:
    """Every document still complete in a copy or in its own rows, with its model; all others are ``lost``."""
    copies = Copies(folder / COPIES)
    digests: dict[DocId, str] = {}
    if damaged:
        with suppress(*UNREADABLE):
            digests = dict(damaged.execute("SELECT doc_id, digest FROM documents"))
    for doc_id in sorted({*copies.ids(), *digests, *known}):
        try:
            yield unpack(copies.read(doc_id))
        except DamagedCopy:
            if damaged and (found := _own_rows(damaged, doc_id, digests.get(doc_id))):
                yield found
            else:
                lost.append(doc_id)


def _own_rows(database: Database, doc_id: DocId, digest: str | None) -> tuple[rows.Kept, dict[str, Any]] | None:
    with suppress(*UNREADABLE):
        kept, model = rows.kept(database, doc_id), database.fact("model")
        if digest_of(pack(kept, model)) == digest:
            return kept, model
    return None


def _restore(database: Database, folder: Path, found: Iterable[tuple[rows.Kept, Any]], lost: list[DocId]) -> int:
    restored = 0
    for kept, _ in found:
        try:
            with database.writing():
                rows.insert(database, kept.entry, kept.files, kept.rows)
                record(database, folder, kept.entry.document.doc_id)
            restored += 1
        except LibraryError:
            lost.append(kept.entry.document.doc_id)
    return restored


def _generation(damaged: Database | None) -> int:
    with suppress(*UNREADABLE):
        return damaged.generation if damaged else 0
    return 0


def _put_in_place(folder: Path, new: Path, *, keep: bool) -> Path | None:
    """Put the new database in place of the damaged one, which is kept under another name if ``keep``."""
    path, aside = folder / DATABASE, None
    if keep and path.exists():
        aside = next(name for name in _aside_names(folder) if not name.exists())
        path.replace(aside)
    for log in ("-wal", "-shm"):  # logs of the damaged database: SQLite would apply them to the new one
        path.with_name(path.name + log).unlink(missing_ok=True)
    new.replace(path)
    sync_folder(folder)
    return aside


def _aside_names(folder: Path) -> Iterator[Path]:
    yield folder / _ASIDE
    yield from (folder / f"{_ASIDE}-{number}" for number in count(2))


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _remove_database(path)
        raise


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _tell(found: Findings, why: str, restored: int, aside: Path | None) -> None:
    _log.warning(
        "the library's database was made anew (%s): %d documents were restored from their copies", why, restored
    )
    if found.lost:
        _log.warning(
            "%d documents could not be restored: %s; add their files again%s",
            len(found.lost),
            ", ".join(map(found.named, found.lost)),
            f" (what was damaged is kept as {aside})" if aside else "",
        )
