"""What every face replies to programs, once for all of them: the values, and the text of their JSON."""

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
    """The JSON of a reply, with the line's end."""
    return json_text(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def line(value: object) -> str:
    """The JSON of a reply on one line, with the line's end."""
    return json_text(json.dumps(value, ensure_ascii=False)) + "\n"


def passages(hits: Sequence["Hit"]) -> list[dict[str, Any]]:
    """What was found, best first."""
    return [hit_to_dict(hit) for hit in hits]


def proof(results: Sequence["Verification"]) -> dict[str, Any]:
    """What became of the proof of answers.

    ``problems`` has a sentence for each thing that does not stand, ``fallen`` the number of quotes among them.
    ``signed`` is true if this library signed every answer, false if another key did or one was altered, null else.
    ``covers`` and ``unproved`` say in sentences what was proved, and what a reader might take for it.
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
    """What is known of each document that is chosen, or of all, ordered by file name; without its text.

    ``sentences`` may be quoted; ``kept_out`` has the number of blocks that may not, by role.
    """
    passages, sentences = library.contents.passage_counts(), library.contents.sentence_counts()
    return [
        document_to_dict(document, passages.get(document.doc_id, 0))
        | {"sentences": sentences.get(document.doc_id, 0), "kept_out": kept_out(document)}
        for document in (library.documents() if chosen is None else chosen)
    ]
