"""A Scope as an SQL condition on rows of the passages table."""

import json

from qa.records import Scope
from qa.text.terms import terms

YEARS = (0, 9_999)
"""The first and the last possible year."""


def within(scope: Scope) -> tuple[str, list[object]]:
    """The SQL condition (true for every row if the scope has no limit), and the values of its placeholders."""
    conditions, values = ["1"], list[object]()
    if scope.documents:
        conditions.append("doc_id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(sorted(scope.documents)))
    if scope.dated:
        conditions.append(
            "doc_id IN (SELECT doc_id FROM documents WHERE json_extract(description, '$.year') BETWEEN ? AND ?)"
        )
        values += [YEARS[0] if scope.since is None else scope.since, YEARS[1] if scope.until is None else scope.until]
    if scope.sections:
        conditions.append("row IN (SELECT rowid FROM lexicon WHERE lexicon MATCH ?)")
        values.append(f"section : ({' OR '.join(map(_all_words, scope.sections))})")
    return " AND ".join(conditions), values


def _all_words(section: str) -> str:
    """The FTS5 query for all words of a section name; without words it finds nothing."""
    return "(" + " AND ".join(f'"{term}"' for term in terms(section) or [""]) + ")"
