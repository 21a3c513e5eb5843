"""The ways to forge an answer: each changes one thing, as a forger would leave it."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qa.proof.citations import cite
from qa.records import Document
from qa.text.sentences import split_sentences

Form = dict[str, Any]
_CYRILLIC = str.maketrans("aceopxyAEOPCTHBKM", "асеорхуАЕОРСТНВКМ")


@dataclass(frozen=True)
class Case:
    """An answer to forge, the library's documents and other answers, and chance."""

    form: Form
    documents: Mapping[str, Document]
    others: list[Form]
    chance: random.Random

    @property
    def citation(self) -> Form:
        """A citation that a sentence of the answer quotes."""
        found: Form = next(c for c in self.form["citations"] if c["number"] == self.sentence["citations"][0])
        return found

    @property
    def sentence(self) -> Form:
        found: Form = self.form["sentences"][0]
        return found

    def requoted(self, document: Document, start: int, end: int) -> None:
        """Make the answer's first sentence quote another span, and fit all its fields to that."""
        citation, number = self.citation, self.citation["number"]
        citation.update(json.loads(json.dumps(vars_of(document, start, end, number))))
        self.sentence.update(text=citation["quote"], source=citation["source"], citations=[number])
        self.sentence.pop("context", None)
        used = {n for one in self.form["sentences"] for n in (*one["citations"], *one.get("context", ()))}
        self.form["citations"] = [c for c in self.form["citations"] if c["number"] in used]


def vars_of(document: Document, start: int, end: int, number: int) -> Form:
    made = cite(document, start, end, number)
    return {name: getattr(made, name) for name in made.__dataclass_fields__}


Forge = Callable[[Case], bool | None]
"""Changes the case's answer in place; False if there is nothing to change."""


def sub_span(case: Case) -> bool | None:
    """The end of a sentence, from some word on."""
    c, document = case.citation, case.documents[case.citation["doc_id"]]
    words = [i for i in range(c["start"] + 1, c["end"] - 8) if document.text[i - 1] == " "]
    if not words:
        return False
    case.requoted(document, case.chance.choice(words), c["end"])
    return None


def beginning(case: Case) -> bool | None:
    c, document = case.citation, case.documents[case.citation["doc_id"]]
    case.requoted(document, c["start"], c["start"] + max(4, (c["end"] - c["start"]) * 2 // 3))
    return None


def half_a_word(case: Case) -> bool | None:
    c, document = case.citation, case.documents[case.citation["doc_id"]]
    case.requoted(document, c["start"] + 2, c["end"])
    return None


def dropped_not(case: Case) -> bool | None:
    """Quote a negated sentence of any document without its "not", or only from after it."""
    documents = sorted(case.documents.values(), key=lambda one: one.doc_id)
    case.chance.shuffle(documents)
    for document in documents:
        for a, b in split_sentences(document.text):
            at = document.text.find(" not ", a, b)
            if at > 0 and b - at > 20:
                case.requoted(document, a, b)
                if case.chance.random() < 0.5:
                    case.requoted(document, at + 5, b)
                else:
                    text = document.text[a:at] + document.text[at + 4 : b]
                    case.citation["quote"] = case.sentence["text"] = text
                return None
    return False


def merged_contrary(case: Case) -> bool | None:
    """Add a citation that stands but says something else."""
    c, (document, span) = case.citation, other_sentence(case)
    if document.text[slice(*span)] == c["quote"]:
        return False
    number = max(one["number"] for one in case.form["citations"]) + 1
    case.form["citations"].append(vars_of(document, *span, number))
    case.sentence["citations"] = [*case.sentence["citations"], number]
    return None


def other_sentence(case: Case) -> tuple[Document, tuple[int, int]]:
    hit = case.chance.choice(case.form["hits"])
    document = case.documents[hit["doc_id"]]
    a, b = case.chance.choice(split_sentences(hit["text"]))
    return document, (hit["start"] + a, hit["start"] + b)


def swapped_sentence(case: Case) -> bool | None:
    """Replace the found sentence by another: only the signature reveals it."""
    document, span = other_sentence(case)
    if document.text[slice(*span)] == case.sentence["text"]:
        return False
    case.requoted(document, *span)
    return None


def swapped_document(case: Case) -> bool | None:
    others = [d for d in case.documents.values() if d.doc_id != case.citation["doc_id"]]
    other = case.chance.choice(others)
    case.citation.update(doc_id=other.doc_id, source=other.source, title=other.title, sha256=other.sha256)
    case.sentence["source"] = other.source
    return None


def dropped_context(case: Case) -> bool | None:
    leaning = [one for one in case.form["sentences"] if one.get("context")]
    if not leaning:
        return False
    gone = set(leaning[0].pop("context"))
    case.form["citations"] = [c for c in case.form["citations"] if c["number"] not in gone]
    return None


def reference_entry(case: Case) -> bool | None:
    documents = [d for d in case.documents.values() if any(s.role == "references" for s in d.sections)]
    if not documents:
        return False
    document = case.chance.choice(documents)
    section = next(s for s in document.sections if s.role == "references")
    a, b = case.chance.choice(split_sentences(document.text[section.start : section.end]))
    case.requoted(document, section.start + a, section.start + b)
    return None


def heading(case: Case) -> bool | None:
    document = case.documents[case.citation["doc_id"]]
    found = [s for s in document.sections if s.path and document.text[: s.start].rstrip().endswith(s.path[-1])]
    if not found:
        return False
    section = case.chance.choice(found)
    start = document.text.rindex(section.path[-1], 0, section.start)
    case.requoted(document, start, start + len(section.path[-1]))
    return None


def refusal(case: Case) -> bool | None:
    reason = case.chance.choice(["off_corpus", "weak_evidence", "missing_detail"])
    case.form.update(abstained=True, reason=reason, sentences=[], citations=[], confidence=0.02)
    return None


def of(field: str, value: Callable[[Case], object], part: str = "citation") -> Forge:
    """Change one field of the first citation, the first hit or the answer."""

    def forge(case: Case) -> bool | None:
        place: Form = {"citation": case.citation, "hit": case.form["hits"][0], "answer": case.form}[part]
        new = value(case)
        if place[field] == new:
            return False
        place[field] = new
        return None

    return forge


def homoglyph(case: Case) -> bool | None:
    text = case.citation["quote"].translate(_CYRILLIC)
    case.citation["quote"] = case.sentence["text"] = text
    return None


def homoglyph_question(case: Case) -> bool | None:
    question = case.form["question"].translate(_CYRILLIC)
    changed = question != case.form["question"]
    case.form["question"] = question
    return None if changed else False


def moved(case: Case) -> bool | None:
    by = case.chance.choice([-3, -1, 1, 2])
    case.citation.update(start=case.citation["start"] + by, end=case.citation["end"] + by)
    return None


def dropped_hit(case: Case) -> bool | None:
    case.form["hits"].pop(case.chance.randrange(len(case.form["hits"])))
    for rank, hit in enumerate(case.form["hits"], 1):
        hit["rank"] = rank
    return None


def cut_hit(case: Case) -> bool | None:
    hit = case.chance.choice(case.form["hits"])
    hit.update(end=hit["end"] - 5, text=hit["text"][:-5])
    return None


def reordered_hits(case: Case) -> bool | None:
    hits = case.form["hits"]
    hits[0]["rank"], hits[1]["rank"] = 1, 1
    hits.reverse()
    for rank, hit in enumerate(hits, 1):
        hit["rank"] = rank
    return None


def dropped_sentence(case: Case) -> bool | None:
    if len(case.form["sentences"]) < 2:
        return False
    case.form["sentences"].pop()
    used = {n for one in case.form["sentences"] for n in (*one["citations"], *one.get("context", ()))}
    case.form["citations"] = [c for c in case.form["citations"] if c["number"] in used]
    return None


KINDS: Mapping[str, Forge] = {
    "part of a sentence": sub_span,
    "its beginning": beginning,
    "half a word": half_a_word,
    "dropped not": dropped_not,
    "a reference": reference_entry,
    "a heading": heading,
    "dropped context": dropped_context,
    "cites the contrary": merged_contrary,
    "another document": swapped_document,
    "another sentence": swapped_sentence,
    "a sentence less": dropped_sentence,
    "homoglyphs": homoglyph,
    "moved offsets": moved,
    "another title": of("title", lambda case: "On something else"),
    "another section": of("section", lambda case: "Conclusions, forged"),
    "another page": of("page", lambda case: 77),
    "another file": of("source", lambda case: "nature.pdf"),
    "another hash": of("sha256", lambda case: "0" * 64),
    "another question": of("question", lambda case: case.chance.choice(case.others)["question"], "answer"),
    "question, homoglyphs": homoglyph_question,
    "another confidence": of("confidence", lambda case: round(case.chance.random(), 4), "answer"),
    "another library": of("library", lambda case: {"generation": 1}, "answer"),
    "a refusal": refusal,
    "a hit less": dropped_hit,
    "a hit cut": cut_hit,
    "hits reordered": reordered_hits,
    "another score": of("score", lambda case: 0.99, "hit"),
    "another hit": of("text", lambda case: "We found that it works.", "hit"),
}
