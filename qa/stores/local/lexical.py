"""Lexical search: BM25 by SQLite's FTS5, over terms folded and stemmed by ``qa.text``.

Use it inside ``Database.reading``.
"""

from collections.abc import Collection, Mapping, Sequence

from qa.records import ANYWHERE, Scope
from qa.stores.base import Scores
from qa.stores.local.database import Database, marks
from qa.stores.local.scoping import within

_WEIGHTS = "0.5, 0.5, 1.0"  # title, section, body
_REMEMBERED = 20_000
"""The most terms whose frequencies are cached."""


class LexicalIndex:
    """Matches between passages and the terms of a question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._size: tuple[int, int] = (-1, 0)
        self._frequencies: tuple[int, dict[str, int]] = (-1, {})

    def search(self, terms: Sequence[str], k: int, scope: Scope = ANYWHERE) -> Scores:
        """The ``k`` rows within the scope with the highest score for any of the terms."""
        condition, values = within(scope)
        filtered = f"AND +rowid IN (SELECT row FROM passages WHERE {condition})" if scope.limited else ""
        return self._scored(terms, f"{filtered} ORDER BY score DESC, rowid LIMIT {int(k)}", values)

    def score(self, terms: Sequence[str], numbers: Collection[int]) -> Scores:
        """The scores of those given rows that hold any of the terms."""
        return self._scored(terms, f"AND +rowid IN ({marks(numbers)})", sorted(numbers))

    def _scored(self, terms: Sequence[str], rest: str, values: Sequence[object]) -> Scores:
        """Scores of rows with any of the terms. ``rest`` is the end of the SQL.

        A condition in it must write +rowid, or FTS5 would match again for each row.
        """
        if not terms:
            return {}
        sql = f"SELECT rowid, -bm25(lexicon, {_WEIGHTS}) AS score FROM lexicon WHERE lexicon MATCH ? {rest}"
        return dict(self._database.execute(sql, _any(terms), *values))

    def holds(self, terms: Sequence[str]) -> bool:
        """Whether any row has any of the terms; False without terms."""
        sql = "SELECT 1 FROM lexicon WHERE lexicon MATCH ? LIMIT 1"
        return bool(terms) and bool(self._database.execute(sql, _any(terms)))

    def size(self) -> int:
        """How many rows there are."""
        if self._size[0] != (generation := self._database.generation):
            ((rows,),) = self._database.execute("SELECT count(*) FROM passages")
            self._size = (generation, rows)
        return self._size[1]

    def frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """The number of rows with each term; terms in no row are left out."""
        generation, known = self._database.generation, self._frequencies[1]
        if self._frequencies[0] != generation or len(known) > _REMEMBERED:
            known = {}
            self._frequencies = (generation, known)
        if new := [term for term in terms if term not in known]:
            sql = f"SELECT term, doc FROM lexicon_terms WHERE term IN ({marks(new)})"
            known |= dict.fromkeys(new, 0) | dict(self._database.execute(sql, *new))
        return {term: known[term] for term in terms if known[term]}


def _any(terms: Sequence[str]) -> str:
    """The FTS5 query for any of the terms or runs of terms."""
    return " OR ".join(f'"{term}"' for term in terms)
