"""A saved answer proved by asking again: what no signature covers, or nobody signed, such as a refusal.

It needs the model, and the library of the generation that the answer names. How an answer was limited is not kept with
it, so what was asked of some documents only may be answered otherwise by all.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.library import Library

Form = Mapping[str, Any]


def asked_again(library: "Library", answers: Sequence[Form], proof: Mapping[str, Any]) -> dict[str, Any]:
    """The proof of answers, one of ``qa.faces.replies.proof``, with what comes of asking each of them again.

    Answers are in their documented form, as ``Library.verify_all`` has seen.
    """
    told = {"problems": list(proof["problems"]), "covers": list(proof["covers"]), "unproved": list(proof["unproved"])}
    for answer in answers:
        kind, said = _again(library, answer)
        told[kind].append(said)
    return {**proof, **told, "stands": not told["problems"]}


def _again(library: "Library", answer: Form) -> tuple[str, str]:
    """Where it belongs in a proof, and what came of asking again."""
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
