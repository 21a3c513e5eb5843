"""Checks a question set against its documents: what is wrong, and what a person should look at.

Problems are facts, such as a quote that stands in no document. Advice is for a person to judge: sentences
that may answer too, questions that say the same, a lopsided set. Nothing here judges what an answer means.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

from qa.library import Library
from qa.models.encoders import Encoder
from qa.records import EVIDENCE_ROLES, Document, Question
from qa.text.lines import collapse
from qa.text.matching import coverage
from qa.text.sentences import Span, section_sentences, split_sentences
from qa.text.terms import question_terms, terms

NEAREST = 5
"""Sentences looked at for each question, best first by first-stage score."""

NEAREST_SHARE = 0.7
"""A sentence below this share of the best first-stage score is not worth a person's time."""

NEAREST_SCORE = 0.4
"""A sentence below this first-stage score has little in common with the question."""

ALIKE = 0.9
"""Two questions of at least this cosine may ask the same."""

SHORT_QUOTE = 40
"""A quote of fewer characters says too little to be told from its neighbours."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to correct or to look at, and the ids of the questions concerned."""

    code: str
    ids: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a gold quote stands: ``document.text[start:end]`` is the quote, except for white space."""

    id: str
    source: str
    quote: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence near to a question, with its first-stage score."""

    source: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Report:
    """All findings. The set passes if there are no problems."""

    questions: int
    problems: tuple[Finding, ...]
    advice: tuple[Finding, ...]
    unjudged: Mapping[str, tuple[Candidate, ...]]
    """By question id: sentences near to the question that are neither gold nor judged."""
    proofs: tuple[Proof, ...]
    figures: Mapping[str, Any]

    @property
    def passes(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Texts:
    """The documents by file name, with the look-ups that the checks need."""

    documents: Mapping[str, Document]

    def spans(self, source: str, quote: str) -> tuple[Span, ...]:
        """The places of a quote in a document; runs of white space match each other."""
        document, words = self.documents.get(source), collapse(quote).split(" ")
        if document is None or words == [""]:
            return ()
        pattern = r"\s+".join(map(re.escape, words))
        return tuple(match.span() for match in re.finditer(pattern, document.text))

    def quotable(self, source: str, span: Span) -> bool:
        """Whether a span touches text that may be evidence."""
        sections = self.documents[source].sections
        return any(s.role in EVIDENCE_ROLES and s.start < span[1] and span[0] < s.end for s in sections)

    def before(self, source: str, place: int) -> str:
        """The sentence that ends before a place of the text; empty if the section starts there."""
        document = self.documents[source]
        start = next((s.start for s in document.sections if s.start <= place < s.end), place)
        return next(
            (document.text[start + a : start + b] for a, b in split_sentences(document.text[start:place])[-1:]), ""
        )

    @cached_property
    def sentences(self) -> Mapping[str, int]:
        """How many quotable sentences each document has."""
        return {source: sum(1 for _ in self._sentences(document)) for source, document in self.documents.items()}

    @staticmethod
    def _sentences(document: Document) -> Iterator[Span]:
        for section in document.sections:
            if section.role in EVIDENCE_ROLES:
                yield from section_sentences(document.text, section)


def check(questions: Sequence[Question], library: Library) -> Report:
    """Check a set against the documents of a library, with the library's own search."""
    texts = Texts({document.source: document for document in library.documents()})
    proofs = tuple(
        Proof(question.id, source, quote, texts.spans(source, quote))
        for question in questions
        for source, quote in question.answers
    )
    figures = measure(questions, texts)
    unjudged = {question.id: unmarked(question, nearest(question.question, library), texts) for question in questions}
    return Report(
        questions=len(questions),
        problems=tuple(_problems(questions, texts)),
        advice=(
            *(_ambiguous(proof) for proof in proofs if len(proof.spans) > 1),
            *_alike(questions, library.encoder),
            *_lopsided(figures),
        ),
        unjudged={id: found for id, found in unjudged.items() if found},
        proofs=proofs,
        figures=figures,
    )


# ---------------------------------------------------------------- problems


def _problems(questions: Sequence[Question], texts: Texts) -> Iterator[Finding]:
    yield from _repeated("duplicate_id", "the id {} stands {} times", questions, lambda q: q.id)
    yield from _repeated("same_question", "“{}” is asked {} times", questions, lambda q: q.question.casefold())
    for question in questions:
        for code, message in _faults(question, texts):
            yield Finding(code, (question.id,), message)


def _repeated(
    code: str, message: str, questions: Iterable[Question], key: Callable[[Question], str]
) -> Iterator[Finding]:
    groups: dict[str, list[str]] = {}
    for question in questions:
        groups.setdefault(key(question), []).append(question.id)
    for value, ids in groups.items():
        if len(ids) > 1:
            yield Finding(code, tuple(ids), message.format(value, len(ids)))


def _faults(question: Question, texts: Texts) -> Iterator[tuple[str, str]]:
    if question.answerable != bool(question.answers):
        yield "answerable", "it is answerable and has no answer, or the reverse"
    for (source, quote), count in Counter(question.answers).items():
        if count > 1:
            yield "same_answer", f"“{quote}” is given {count} times"
        yield from _quote_faults(source, quote, texts)
    for quote in question.judged:
        if not any(texts.spans(source, quote) for source in texts.documents):
            yield "judged_unknown", f"the judged sentence “{quote}” stands in no document"
        elif quote in (gold for _, gold in question.answers):
            yield "judged_gold", f"“{quote}” is both an answer and judged to be none"


def _quote_faults(source: str, quote: str, texts: Texts) -> Iterator[tuple[str, str]]:
    if source not in texts.documents:
        yield "unknown_document", f"the library has no document {source}"
        return
    spans = texts.spans(source, quote)
    if not spans:
        elsewhere = [other for other in texts.documents if texts.spans(other, quote)]
        hint = f" (but in {', '.join(elsewhere)})" if elsewhere else ""
        yield "unproved", f"“{quote}” does not stand in {source}{hint}"
    elif not any(texts.quotable(source, span) for span in spans):
        yield "never_quoted", f"“{quote}” stands in a part of {source} that is never quoted"


# ---------------------------------------------------------------- sentences that may answer too


def nearest(question: str, library: Library) -> list[Candidate]:
    """The few sentences nearest to a question by first-stage score, best first."""
    found = library.retrieve(question)
    scored = sorted(((s.first_stage, s) for s in found.sentences), key=lambda pair: -pair[0])[:NEAREST]
    floor = max(NEAREST_SCORE, NEAREST_SHARE * scored[0][0]) if scored else 0.0
    return [
        Candidate(document.source, s.start, s.end, document.text[s.start : s.end], score)
        for score, s in scored
        if score >= floor and (document := found.documents[s.doc_id])
    ]


def unmarked(question: Question, candidates: Iterable[Candidate], texts: Texts) -> tuple[Candidate, ...]:
    """The candidates that overlap no quote of the question, neither gold nor judged."""
    seen = [(source, span) for source, quote in question.answers for span in texts.spans(source, quote)]
    seen += [
        (source, span) for source in texts.documents for quote in question.judged for span in texts.spans(source, quote)
    ]
    return tuple(
        candidate
        for candidate in candidates
        if not any(s == candidate.source and a < candidate.end and candidate.start < b for s, (a, b) in seen)
    )


# ---------------------------------------------------------------- the set as a whole


def _ambiguous(proof: Proof) -> Finding:
    return Finding("ambiguous", (proof.id,), f"“{proof.quote}” stands {len(proof.spans)} times in {proof.source}")


def _alike(questions: Sequence[Question], encoder: Encoder) -> Iterator[Finding]:
    vectors = encoder.encode([question.question for question in questions])
    for position, question in enumerate(questions):
        cosines = vectors[:position] @ vectors[position]
        for other, cosine in zip(questions, cosines, strict=False):
            if cosine >= ALIKE:
                message = f"“{other.question}” and “{question.question}” may ask the same"
                yield Finding("alike", (other.id, question.id), message)


def measure(questions: Sequence[Question], texts: Texts) -> dict[str, Any]:
    """The figures of the set: counts, shares from 0 to 1, and medians."""
    gold = [answer for question in questions for answer in question.answers]
    kinds = Counter(question.kind for question in questions)
    documents = Counter(source for source, _ in gold)
    overlaps = [overlap(question) for question in questions if question.answers]
    return {
        "kinds": dict(kinds.most_common()),
        "gold_by_document": {source: documents.get(source, 0) for source in texts.documents},
        "unasked_documents": sum(source not in documents for source in texts.documents),
        "answerable_share": _share(sum(question.answerable for question in questions), len(questions)),
        "largest_kind_share": _share(max(kinds.values(), default=0), len(questions)),
        "document_skew": round(_skew(documents, texts.sentences), 3),
        "short_gold_share": _share(sum(len(quote) < SHORT_QUOTE for _, quote in gold), len(gold)),
        "gold_characters_median": median([len(quote) for _, quote in gold] or [0]),
        "gold_per_question_median": median([len(q.answers) for q in questions if q.answers] or [0]),
        "question_words_median": median([len(question.question.split()) for question in questions] or [0]),
        "overlap_median": round(median(overlaps or [0.0]), 3),
    }


def _skew(gold: Mapping[str, int], sentences: Mapping[str, int]) -> float:
    """The greatest excess of a document's share of the answers over its share of the sentences."""
    answers, total = sum(gold.values()), sum(sentences.values())
    return max((_share(gold.get(s, 0), answers) - _share(n, total) for s, n in sentences.items()), default=0.0)


def overlap(question: Question) -> float:
    """The largest share, 0 to 1, of the question's terms that one of its gold quotes has."""
    asked = dict.fromkeys(question_terms(question.question), 1.0)
    return max((coverage(terms(quote), asked) for _, quote in question.answers), default=0.0)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


BOUNDS: Mapping[str, tuple[float, float, str]] = {
    "unasked_documents": (0, 0, "some documents hold no answer to any question; ask about them too"),
    "answerable_share": (0.5, 0.9, "keep between a tenth and a half of the questions unanswerable"),
    "largest_kind_share": (0, 0.5, "one kind makes up more than half of the set; write others"),
    "document_skew": (-1, 0.2, "one document has many more of the answers than of the text; spread them"),
    "short_gold_share": (0, 0.2, "many quotes are short; quote the whole sentence or its telling clause"),
    "question_words_median": (4, 20, "most questions are very short or very long; write as readers ask"),
    "overlap_median": (0, 0.6, "the questions repeat the words of their answers; ask in a reader's words"),
}
"""The least and greatest good value of each figure, and what to do outside them."""


def _lopsided(figures: Mapping[str, Any]) -> Iterator[Finding]:
    for name, (least, greatest, message) in BOUNDS.items():
        if not least <= figures[name] <= greatest:
            yield Finding(name, (), f"{message} ({name} is {figures[name]:g})")
