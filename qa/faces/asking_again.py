"""Prove a saved answer by asking again, if no signature covers it or nobody signed it, such as a refusal.

This needs the model, and the library at the generation that the answer names. The scope of a question is not saved with
its answer, so a question about some documents may get a different answer from all of them.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.library import Library

Form = Mapping[str, Any]


def asked_again(library: "Library", answers: Sequence[Form], proof: Mapping[str, Any]) -> dict[str, Any]:
    """A proof of answers (``qa.faces.replies.proof``), with the result of asking each again.

    Answers are in their documented form, as checked by ``Library.verify_all``.
    """
    told = {"problems": list(proof["problems"]), "covers": list(proof["covers"]), "unproved": list(proof["unproved"])}
    for answer in answers:
        kind, said = _again(library, answer)
        told[kind].append(said)
    return {**proof, **told, "stands": not told["problems"]}


def _again(library: "Library", answer: Form) -> tuple[str, str]:
    """The field of the proof for this answer, and the result of asking again."""
    named, now = answer["library"], library.description()
    if any(named.get(name) != now[name] for name in ("generation", "model_sha256")):
        generations = f"generation {named.get('generation')} then, {now['generation']} now"
        return "unproved", f"That it would be answered so again: the library has changed since ({generations})."
    again = library.ask((answer.get("query") or {}).get("resolved") or answer["question"]).to_dict()
    if _gist(again) == _gist(answer):
        return "covers", "Asked again: it abstains still." if answer["abstained"] else "Asked again: the same answer."
    if not answer["abstained"]:
        return "problems", "the answer: asked again, of all documents, the library gives another"
    if again["abstained"]:
        return "problems", "the answer: asked again, of all documents, it abstains for another reason or confidence"
    return "problems", "the answer: asked again, of all documents, it answers now"


def _gist(answer: Form) -> tuple[Any, ...]:
    quotes = [(c["number"], c["doc_id"], c["start"], c["end"]) for c in answer["citations"]]
    return answer["abstained"], answer["reason"], answer["confidence"], quotes
