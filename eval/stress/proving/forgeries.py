"""Forge answers in every way we know, and count how many forgeries are refused or called unsigned.

    python -m eval.stress.proving.forgeries [--forgeries 500] [--articles 12] [--data FOLDER] [--asked 60] [--words]
        [--seed 0]

A library of the built-in corpus and of articles in FOLDER (JATS, ``../shared/data`` by default) is asked the questions
of ``eval/questions/reviews.jsonl`` and one for each article. Each forgery is an answer with one thing changed, as a
forger would leave it: in turn with the old signature, which no longer fits, with none, or signed by another library's
key. Offsets, hashes and places are fitted to the forged words where possible. A forgery is caught if ``verify`` refuses
it and names what is wrong. If all its quotes stand, it is caught if it is called unsigned or another library's. Exit
status 1 if a forgery passes, or a true answer does not. With ``--words`` the library is embedded by counting words,
which takes seconds.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import qa
from eval.places import ROOT
from eval.stress.proving.texts import DATA, files
from qa.errors import QAError
from qa.faces import replies
from qa.proof.citations import cite
from qa.proof.signing import ensure_keys, sign
from qa.query.questions import read_questions
from qa.records import Document
from qa.text.sentences import split_sentences

Form = dict[str, Any]
QUESTIONS = ROOT / "eval" / "questions" / "reviews.jsonl"
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
SIGNATURES = ("left", "stripped", "foreign")


def caught(library: qa.Library, form: Form) -> str | None:
    """How a forgery was caught: refused, unsigned or another's; None if it passed. Each needs its message."""
    try:
        proof = replies.proof([library.verify(form)])
    except QAError as error:
        return "refused" if str(error) else None
    if proof["problems"]:
        return "refused"
    told = any("not signed by this library" in said for said in proof["unproved"])
    return ("unsigned" if proof["signed"] is None else "another's") if proof["signed"] is not True and told else None


def forged(case: Case, kind: str, signature: str, foreign: Path) -> bool:
    if KINDS[kind](case) is False:
        return False
    if signature == "stripped":
        case.form["signature"] = None
    elif signature == "foreign":
        case.form["signature"] = sign(foreign, case.form)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forgeries", type=int, default=500)
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--asked", type=int, default=60, help="curated questions that are asked")
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = qa.open(Path(folder, "library"), encoder=_word_encoder() if given.words else None)
        foreign = Path(folder, "foreign")
        foreign.mkdir()
        ensure_keys(foreign)
        with made as library:
            library.add([*files(given.data, given.articles, given.seed), _leaning(Path(folder))])
            answers = asked(library, given.asked)
            print(f"{len(answers)} answers over {len(library.documents())} documents")
            untrue = [a for a in answers if not (v := replies.proof([library.verify(a)]))["stands"] or not v["signed"]]
            print(f"{len(answers) - len(untrue)} of {len(answers)} true answers stand and are given by the library\n")
            passed = _print_forged(library, [a for a in answers if not a["abstained"]], foreign, given)
    return int(bool(untrue or passed))


def _word_encoder() -> Any:
    from tests.support.models import WordEncoder

    return WordEncoder()


def _leaning(folder: Path) -> Path:
    """A text with sentences that lean on others, and with references, to be forged."""
    path = folder / "leaning.md"
    path.write_text(
        "# On toxicity\n\n## Results\n\n"
        "Aldesleukin treats renal carcinoma in some patients. However, its severe toxicity limits widespread use.\n\n"
        "Ipilimumab was given to them all. It was not effective in uveal melanoma of the elderly.\n\n"
        "## References\n\n1. Smith J. Severe toxicity limits the widespread use of them all. J Toxicol 2001.\n"
        "2. Jones A. Ipilimumab is effective in uveal melanoma. J Immunol 2002.\n"
    )
    return path


def asked(library: qa.Library, count: int) -> list[Form]:
    questions = [one.question for one in read_questions(QUESTIONS)][:count]
    questions += [f"What is known of {document.title}?" for document in library.documents() if document.title]
    questions += ["What severe toxicity limits widespread use?", "Was it effective in uveal melanoma?"]
    return [json.loads(json.dumps(library.ask(one, threshold=0.2).to_dict())) for one in questions]


def _print_forged(library: qa.Library, answers: list[Form], foreign: Path, given: argparse.Namespace) -> int:
    documents: dict[str, Document] = {document.doc_id: document for document in library.documents()}
    chance, passed, total = random.Random(given.seed), 0, 0
    print(f"{'forged':22} {'made':>5} {'refused':>8} {'unsigned':>9} {'another’s':>10} {'passed':>7}")
    for place, kind in enumerate(KINDS):
        count = given.forgeries * (place + 1) // len(KINDS) - given.forgeries * place // len(KINDS)
        told: list[str | None] = []
        for _ in range(200 * count):
            case = Case(deepcopy(chance.choice(answers)), documents, answers, chance)
            if forged(case, kind, SIGNATURES[len(told) % len(SIGNATURES)], foreign):
                told.append(caught(library, case.form))
                if told[-1] is None:
                    print(f"  passed: {kind}, {case.form['question']!r}: {case.form['sentences'][:1]}")
            if len(told) == count:
                break
        row = [len(told), *(told.count(how) for how in ("refused", "unsigned", "another's", None))]
        print(f"{kind:22} {row[0]:5} {row[1]:8} {row[2]:9} {row[3]:10} {row[4]:7}")
        total, passed = total + len(told), passed + told.count(None)
    print(f"{'all':22} {total:5} {'':8} {'':9} {'':10} {passed:7}")
    return passed


if __name__ == "__main__":
    raise SystemExit(main())
