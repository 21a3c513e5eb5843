"""Training groups for the reranker: questions with sentences that answer them and sentences that do not."""

import gzip
import json
import random
import re
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.places import EVAL
from qa.evaluation.relevance import is_right, resolved
from qa.library import Library
from qa.models.encoders import Encoder
from qa.records import Question
from qa.retrieval.reranking import BEFORE
from qa.retrieval.settings import Ranking
from qa.text.matching import coverage, inverse_document_frequency, phrase_coverage
from qa.text.sentences import leans_on_previous, split_sentences
from qa.text.terms import question_words, terms

WRITTEN = EVAL / "questions" / "training"
"""Questions written to train the reranker; most have no answer where one would look for it."""

MEDQUAD_QUESTIONS = 2400
MEDQUAD_KIND = 300
"""Most questions of a kind, such as "treatment"."""

WRONG = 15
NEAR = 5
"""Sentences of the question's paragraph, if that does not answer."""
FOUND_HITS = 20
FOUND_SENTENCES = 60

Found = tuple[str, str | None]
"""A sentence and the one before it."""


@dataclass(frozen=True)
class Written:
    """A question about a paragraph, an article or a few articles; ``answers`` is empty if these do not answer."""

    about: str
    question: Question


def written(name: str, folder: Path | None = None) -> list[Written]:
    """The questions of a file in the folder, or in WRITTEN."""
    lines = ((folder or WRITTEN) / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [_written(f"{name}-{number}", json.loads(line)) for number, line in enumerate(lines, 1)]


def _written(question_id: str, form: Mapping[str, Any]) -> Written:
    answers = tuple((answer["doc"], answer["quote"]) for answer in form["answers"])
    kind = form.get("kind", "paraphrase" if answers else "near-miss")
    return Written(form["about"], Question(question_id, form["question"], kind, bool(answers), answers))


@dataclass(frozen=True)
class Group:
    """A question, the sentences that answer it, if any, and wrong sentences, the best-looking first."""

    question: str
    right: Sequence[str]
    wrong: Sequence[str]


class FirstStage:
    """Scores sentences by word overlap alone."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.count = len(texts)
        self.frequencies = Counter(term for text in texts for term in set(terms(text)))

    def words(self, question: str, found: Sequence[Sequence[str]]) -> np.ndarray:
        """A score for each text (its terms), higher is better."""
        share: dict[str, float] = {}
        for word in question_words(question):
            share |= {term: max(share.get(term, 0.0), 1 / len(word)) for term in word}
        telling = {
            term: part * inverse_document_frequency(self.frequencies[term], self.count) for term, part in share.items()
        }
        return np.array([coverage(one, telling) + 0.2 * phrase_coverage(one, list(share)) for one in found])


def in_context(sentence: str, before: str | None) -> str:
    return f"{before[-BEFORE:]} {sentence}" if before and leans_on_previous(sentence) else sentence


def sentences_of(text: str) -> list[Found]:
    found = [text[start:end] for start, end in split_sentences(text)]
    return list(zip(found, [None, *found], strict=False))


# ---------------------------------------------------------------- XQuAD


@dataclass(frozen=True)
class _Asked:
    """A question on a paragraph of XQuAD. Sentences are numbered through all paragraphs."""

    question: str
    paragraph: range
    right: Sequence[int]
    answer: str = ""
    """The answer's words; a sentence elsewhere with them may answer as well."""


def xquad(data: Path, encoder: Encoder) -> Iterator[Group]:
    """The sentences that answer, against the most similar sentences of all paragraphs.

    For a question that its paragraph does not answer, that paragraph's sentences come first.
    """
    sentences, paragraphs, asked = _read_xquad(data)
    asked += [_about(paragraphs[int(one.about)], one.question, sentences) for one in written("xquad")]
    texts = [sentence for sentence, _ in sentences]
    stage, vectors, found = FirstStage(texts), encoder.encode(texts), [terms(text) for text in texts]
    for one in asked:
        liking = vectors @ encoder.encode_question(one.question) + stage.words(one.question, found)
        best = [i for i in np.argsort(-liking) if i not in one.right]
        if one.right:
            wrong = [i for i in best if not one.answer or one.answer not in texts[i].lower()]
        else:
            near = [i for i in best if i in one.paragraph][:NEAR]
            wrong = near + [i for i in best if i not in one.paragraph]
        sides = [[in_context(*sentences[i]) for i in side] for side in (one.right, wrong[:WRONG])]
        yield Group(one.question, *sides)


def _read_xquad(data: Path) -> tuple[list[Found], list[range], list[_Asked]]:
    sentences: list[Found] = []
    paragraphs: list[range] = []
    asked: list[_Asked] = []
    for article in json.loads((data / "xquad" / "xquad.en.json").read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            spans = split_sentences(paragraph["context"])
            numbers = range(len(sentences), len(sentences) + len(spans))
            for entry in paragraph["qas"]:
                (answer, *_) = entry["answers"]
                right = [
                    i for i, (start, end) in zip(numbers, spans, strict=True) if start <= answer["answer_start"] < end
                ]
                asked.append(_Asked(entry["question"], numbers, right, answer["text"].lower()))
            paragraphs.append(numbers)
            sentences += sentences_of(paragraph["context"])
    return sentences, paragraphs, asked


def _about(paragraph: range, question: Question, sentences: Sequence[Found]) -> _Asked:
    quotes = [" ".join(quote.split()) for _, quote in question.answers]
    words = {i: " ".join(sentences[i][0].split()) for i in paragraph}
    right = [i for i in paragraph if any(quote in words[i] or words[i] in quote for quote in quotes)]
    return _Asked(question.question, paragraph, right)


# ---------------------------------------------------------------- MedQuAD


def medquad(data: Path, encoder: Encoder, chance: random.Random) -> Iterator[Group]:
    """The likeliest of an answer's first sentences, against answers to other questions about the disease."""
    chosen = list(_chosen(_by_disease(data), chance))
    stage = FirstStage([entry["answer"] for asked, others in chosen for entry in (asked, *others)])
    for asked, others in chosen:
        right = _quotable(asked["answer"])[:6]
        known = {sentence for sentence, _ in right}
        wrong = [one for other in others for one in _quotable(other["answer"]) if one[0] not in known]
        if right and wrong:
            yield _medquad_group(_clear(asked["question"]), right, wrong, stage, encoder)


def medquad_ids(data: Path, chance: random.Random) -> set[str]:
    """The ids of the MedQuAD questions in the groups of ``medquad``, for the same chance."""
    return {asked["id"] for asked, _ in _chosen(_by_disease(data), chance)}


def _by_disease(data: Path) -> list[list[dict[str, Any]]]:
    entries = defaultdict(list)
    with gzip.open(data / "medquad" / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            if len(entry["answer"] or "") > 60:
                entries[entry["focus"].lower()].append(entry)
    return [found for found in entries.values() if len({entry["qtype"] for entry in found}) >= 3]


def _chosen(
    diseases: list[list[dict[str, Any]]], chance: random.Random
) -> Iterator[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    """A question for each disease, of a kind not yet too frequent, and the disease's questions of other kinds."""
    kinds: Counter[str] = Counter()
    chance.shuffle(diseases)
    for disease in diseases:
        chance.shuffle(disease)
        asked = next((entry for entry in disease if kinds[entry["qtype"]] < MEDQUAD_KIND), None)
        if asked is not None and kinds.total() < MEDQUAD_QUESTIONS:
            kinds[asked["qtype"]] += 1
            yield asked, [entry for entry in disease if entry["qtype"] != asked["qtype"]]


def _clear(question: str) -> str:
    plain = re.sub(r"\s*\(are\)", "", question).replace(" ?", "?").replace("(s)", "s")
    return plain[0].upper() + plain[1:]


def _medquad_group(
    question: str, right: Sequence[Found], wrong: Sequence[Found], stage: FirstStage, encoder: Encoder
) -> Group:
    texts = [sentence for sentence, _ in right]
    liking = encoder.encode(texts) @ encoder.encode_question(question)
    liking += stage.words(question, [terms(text) for text in texts]) + 0.3 * (np.arange(len(right)) == 0)
    order = np.argsort(-stage.words(question, [terms(sentence) for sentence, _ in wrong]))[:WRONG]
    return Group(question, [in_context(*right[int(np.argmax(liking))])], [in_context(*wrong[i]) for i in order])


def _quotable(answer: str) -> list[Found]:
    return [one for one in sentences_of(answer[:3000]) if 40 <= len(one[0]) <= 350 and not one[0].endswith("?")]


# ---------------------------------------------------------------- articles


def articles(library: Library, questions: Sequence[Question]) -> Iterator[Group]:
    """For each question over the articles: the right (if any) and the wrong sentences among those found."""
    documents = {document.source: document for document in library.documents()}
    for question in questions:
        gold = resolved(question, documents) if question.answerable else []
        found = library.retrieve(question.question, FOUND_HITS)
        sides: dict[bool, list[str]] = {True: [], False: []}
        for one in found.sentences[:FOUND_SENTENCES]:
            document = found.documents[one.doc_id]
            text = document.text[one.start : one.end]
            before = sentences_of(document.text[max(0, one.start - 400) : one.start])
            side = sides[is_right(document.source, text, gold)]
            side.append(in_context(text, before[-1][0] if before else None))
        yield Group(question.question, sides[True], sides[False])


# ---------------------------------------------------------------- a few articles at a time


def few_articles(data: Path, encoder: Encoder, ranking: Ranking) -> Iterator[Group]:
    """Groups as in ``articles``, of the written questions over libraries of a few PLOS articles each."""
    collections = tomllib.loads((WRITTEN / "plos.toml").read_text("utf-8"))
    asked = written("plos")
    for name, files in collections.items():
        with tempfile.TemporaryDirectory() as folder, Library(folder, encoder=encoder, ranking=ranking) as library:
            library.add([data / "plos-jats" / file for file in files])
            yield from articles(library, [one.question for one in asked if one.about == name])
