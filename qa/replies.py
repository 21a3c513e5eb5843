"""What every face replies to programs, once for all of them: the values, and the text of their JSON."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.records import document_to_dict, hit_to_dict

if TYPE_CHECKING:
    from qa.library import Library
    from qa.records import Hit
    from qa.verification import Verification


def text(value: object) -> str:
    """The JSON of a reply, with the line's end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def passages(hits: Sequence["Hit"]) -> list[dict[str, Any]]:
    """What was found, best first."""
    return [hit_to_dict(hit) for hit in hits]


def proof(results: Sequence["Verification"]) -> dict[str, Any]:
    """What became of the proof of answers: ``problems`` has a sentence for each quote that does not stand."""
    problems = [problem for result in results for problem in result.problems]
    quotes = sum(result.quotes for result in results)
    return {"stands": not problems, "answers": len(results), "quotes": quotes, "problems": problems}


def documents(library: "Library") -> list[dict[str, Any]]:
    """What is known of each document, without its text; ordered by file name."""
    counts = library.passage_counts()
    return [document_to_dict(document, counts.get(document.doc_id, 0)) for document in library.documents()]
