"""The replies to programs, shared by all interfaces: the values, and their JSON text."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.faces.console import json_text
from qa.faces.roles import kept_out
from qa.records import document_to_dict, hit_to_dict

if TYPE_CHECKING:
    from qa.library import Library
    from qa.proof import Verification
    from qa.records import Document, Hit


def text(value: object) -> str:
    """The JSON of a reply, with a line end."""
    return json_text(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def line(value: object) -> str:
    """The JSON of a reply on one line, with a line end."""
    return json_text(json.dumps(value, ensure_ascii=False)) + "\n"


def passages(hits: Sequence["Hit"]) -> list[dict[str, Any]]:
    """The passages found, best first."""
    return [hit_to_dict(hit) for hit in hits]


def proof(results: Sequence["Verification"]) -> dict[str, Any]:
    """The result of proving answers.

    ``problems`` has a sentence for each thing that does not stand; ``fallen`` is the number of quotes among them.
    ``signed`` is true if this library signed every answer, false if another key did or one was altered, else null.
    ``covers`` and ``unproved`` say in sentences what was proved, and what was not but could be mistaken for it.
    """
    from qa.proof import words

    problems = [problem for result in results for problem in result.problems]
    return {
        "stands": not problems,
        "answers": len(results),
        "quotes": sum(result.quotes for result in results),
        "fallen": sum(result.fallen for result in results),
        "problems": problems,
        "signed": words.signed(results),
        "covers": words.covers(results),
        "unproved": words.unproved(results),
    }


def documents(library: "Library", chosen: "Sequence[Document] | None" = None) -> list[dict[str, Any]]:
    """What is known of each chosen document, or of all, ordered by file name; without the text.

    ``sentences`` is the number of quotable ones; ``kept_out`` the number of blocks that may not be quoted, by role.
    """
    passages, sentences = library.contents.passage_counts(), library.contents.sentence_counts()
    return [
        document_to_dict(document, passages.get(document.doc_id, 0))
        | {"sentences": sentences.get(document.doc_id, 0), "kept_out": kept_out(document)}
        for document in (library.documents() if chosen is None else chosen)
    ]
