"""Compare lexical indexes on a library's passages: quality, latency, and the cost of adding a document.

    python -m eval.benchmarks.answers.lexical LIBRARY QUESTIONS

QUESTIONS is a question set over the library's documents, in the documented form. Both indexes get the same terms of the
same passages. bm25s (not a dependency: ``pip install bm25s``) has the parameters k1 0.9, b 0.4. A passage is right if
it holds at least half of a gold quote.
"""

import argparse
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import bm25s

from qa.query.questions import read_questions
from qa.records import Passage, Question
from qa.stores.local.store import LocalStore
from qa.text.sentences import Span
from qa.text.terms import question_terms, terms

K = 10
Search = Callable[[Sequence[str]], list[int]]
"""Maps a question's terms to rows, best first."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    arguments = parser.parse_args()
    store = LocalStore(arguments.library)
    documents = [store.document(doc_id) for doc_id in store.document_ids()]
    rows = range(1, 1 + max(sum(store.index.passage_counts().values()), 1))
    passages = {stored.row: stored.passage for stored in store.index.load(rows)}
    texts = {document.doc_id: document.text for document in documents}
    sources = {document.source: document.text for document in documents}
    corpus = [terms(texts[passage.doc_id][passage.start : passage.end]) for passage in passages.values()]
    names: dict[str, str] = {document.doc_id: document.source for document in documents}
    questions = [question for question in read_questions(arguments.questions) if question.answers]
    right = [_right(question, passages, names, sources) for question in questions]

    index = bm25s.BM25(k1=0.9, b=0.4, method="lucene")
    index.index(corpus, show_progress=False)
    numbers = list(passages)

    def by_bm25s(asked: Sequence[str]) -> list[int]:
        found, _ = index.retrieve([list(asked)], k=K, show_progress=False)
        return [numbers[position] for position in found[0]]

    def by_fts5(asked: Sequence[str]) -> list[int]:
        return list(store.index.search_lexical(asked, K))

    print(f"{len(passages)} passages, {len(questions)} questions")
    for name, search in (("FTS5", by_fts5), ("bm25s", by_bm25s)):
        print(f"{name:6s} {_quality(search, questions, right)}")
    print(f"one more document costs FTS5 {_added_to_fts5(store):.0f} ms, bm25s {_rebuilt(corpus):.0f} ms (a rebuild)")


def _right(
    question: Question, passages: Mapping[int, Passage], names: Mapping[str, str], sources: Mapping[str, str]
) -> set[int]:
    gold = [(source, span) for source, quote in question.answers for span in _spans(quote, sources.get(source, ""))]
    return {
        row
        for row, passage in passages.items()
        for source, span in gold
        if names[passage.doc_id] == source and _holds_half(passage, span)
    }


def _spans(quote: str, text: str) -> list[Span]:
    pattern = r"\s+".join(map(re.escape, quote.split()))
    return [match.span() for match in re.finditer(pattern, text)]


def _holds_half(passage: Passage, span: Span) -> bool:
    return min(passage.end, span[1]) - max(passage.start, span[0]) >= (span[1] - span[0]) / 2


def _quality(search: Search, questions: Sequence[Question], right: Sequence[set[int]]) -> str:
    ranks, times = [], []
    for question, gold in zip(questions, right, strict=True):
        asked = question_terms(question.question)
        began = time.perf_counter()
        found = search(asked) if asked else []
        times.append((time.perf_counter() - began) * 1000)
        ranks.append(next((rank for rank, row in enumerate(found, 1) if row in gold), None))
    hits = " ".join(f"Hit@{k} {sum(r is not None and r <= k for r in ranks) / len(ranks):.3f}" for k in (1, 5, 10))
    mrr = sum(1 / rank for rank in ranks if rank) / len(ranks)
    return f"{hits} MRR@{K} {mrr:.3f}, median {statistics.median(times):.2f} ms a question"


def _added_to_fts5(store: LocalStore) -> float:
    """Milliseconds to index the terms of one typical document, in a transaction that is rolled back."""
    doc_id = sorted(store.index.passage_counts().items(), key=lambda pair: pair[1])[len(store.document_ids()) // 2][0]
    document = store.document(doc_id)
    database = store._database
    words = " ".join(terms(document.text))
    times = []
    for _ in range(5):
        database.execute("BEGIN IMMEDIATE")
        began = time.perf_counter()
        for _ in range(store.index.passage_counts()[doc_id]):
            database.execute("INSERT INTO lexicon (title, section, body) VALUES ('', '', ?)", words[:1000])
        times.append((time.perf_counter() - began) * 1000)
        database.execute("ROLLBACK")
    return statistics.median(times)


def _rebuilt(corpus: Sequence[Sequence[str]]) -> float:
    """Milliseconds to rebuild the whole index, as bm25s must."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        bm25s.BM25(k1=0.9, b=0.4, method="lucene").index(corpus, show_progress=False)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
