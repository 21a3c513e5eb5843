"""Tests to inherit that every DocumentStore, SearchIndex and Store must pass.

A subclass defines ``new_store``. Each call makes an empty store for vectors of length ``DIMENSION``.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import UnknownDocumentError
from qa.records import DocId, Document, Passage, Scope
from qa.stores.base import Entry, Store
from qa.text.terms import terms
from tests.support.entries import (
    DIMENSION,
    PATHS,
    TEXTS,
    Columns,
    Kept,
    all_rows,
    apply_change,
    assert_dense_is_exact,
    assert_holds,
    assert_same_scores,
    bm25,
    by_passage,
    documents,
    entry_of,
    lies_within,
    make_document,
    make_entry,
    put_all,
    ranked,
    some_entries,
    state,
    unit_vectors,
    varied_entries,
)

# ---------------------------------------------------------------- documents to put


# ---------------------------------------------------------------- oracles


# ---------------------------------------------------------------- a store of dictionaries


# ---------------------------------------------------------------- any document at all


# ---------------------------------------------------------------- the tests


class _Contract:
    @pytest.fixture
    def new_store(self) -> Callable[[], Store]:
        raise NotImplementedError("a subclass says how to make an empty store")

    @pytest.fixture
    def store(self, new_store: Callable[[], Store]) -> Store:
        return new_store()


class DocumentStoreContract(_Contract):
    """Documents by id and path: put, linked, forgotten, deleted, listed, and read within one generation."""

    def test_an_empty_store_holds_nothing_and_finds_nothing(self, store: Store) -> None:
        assert store.generation == 0
        assert store.document_ids() == []
        assert dict(store.fingerprints()) == {}
        assert dict(store.index.passage_counts()) == {}
        assert store.index.search_dense(unit_vectors(1, seed=1)[0], 5) == {}
        assert store.index.search_lexical(["rna"], 5) == {}
        assert dict(store.index.document_frequencies(["rna"])) == {}
        assert store.index.load([]) == []

    # The property does not depend on earlier content, so one store serves all examples.
    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(document=documents())
    def test_any_document_comes_back_equal(self, store: Store, document: Document) -> None:
        store.put("/a.txt", "f", make_entry(document))
        assert store.document(document.doc_id) == document
        assert store.document_ids() == [document.doc_id]

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n"), max_size=60))
    def test_every_term_of_any_text_finds_its_passage(self, store: Store, text: str) -> None:
        store.put("/a.txt", "f", entry_of(text))
        assert dict(store.index.document_frequencies(sorted(set(terms(text))))) == dict.fromkeys(terms(text), 1)
        for term in terms(text):
            assert len(store.index.search_lexical([term], 5)) == 1

    def test_a_path_put_again_replaces_what_it_held(self, store: Store) -> None:
        old, new = entry_of("rna p53"), entry_of("tnf\nil2")
        store.put("/a.txt", "1", old)
        store.put("/a.txt", "2", new)
        assert store.document_ids() == [new.document.doc_id]
        assert dict(store.fingerprints()) == {"/a.txt": "2"}
        assert dict(store.index.passage_counts()) == {new.document.doc_id: 2}
        assert store.index.search_lexical(["rna"], 5) == {}
        assert_dense_is_exact(store, [new])

    def test_the_same_text_put_again_takes_the_new_description(self, store: Store) -> None:
        store.put("/a.txt", "1", make_entry(make_document("rna p53", title="Old")))
        renamed = make_document("rna p53", title="New")
        store.put("/a.txt", "2", make_entry(renamed))
        assert store.document(renamed.doc_id) == renamed
        assert dict(store.index.passage_counts()) == {renamed.doc_id: 1}

    def test_the_same_text_at_two_paths_is_one_document_that_goes_with_the_last_of_them(self, store: Store) -> None:
        same, other = entry_of("rna p53"), entry_of("tnf", "b.txt")
        store.put("/a.txt", "1", same)
        store.put("/b.txt", "2", same)
        assert store.document_ids() == [same.document.doc_id]
        assert store.paths(same.document.doc_id) == ["/a.txt", "/b.txt"]
        store.put("/a.txt", "3", other)
        assert store.document(same.document.doc_id) == replace(same.document, source="b.txt")
        assert store.paths(same.document.doc_id) == ["/b.txt"]
        store.put("/b.txt", "4", other)
        assert store.document_ids() == [other.document.doc_id]
        assert store.paths(other.document.doc_id) == ["/a.txt", "/b.txt"]

    def test_a_linked_path_holds_the_document_like_one_that_was_put(self, store: Store) -> None:
        same, other = entry_of("rna p53"), entry_of("tnf", "b.txt")
        store.put("/a.txt", "1", same)
        store.put("/b.txt", "2", other)
        store.link("/b.txt", "3", same.document.doc_id)
        assert store.document_ids() == [same.document.doc_id]
        assert dict(store.fingerprints()) == {"/a.txt": "1", "/b.txt": "3"}
        store.put("/a.txt", "4", other)
        assert store.paths(same.document.doc_id) == ["/b.txt"]

    def test_a_forgotten_path_takes_a_document_that_no_other_path_has(self, store: Store) -> None:
        entry = entry_of("rna p53")
        store.put("/a.txt", "1", entry)
        store.link("/b.txt", "2", entry.document.doc_id)
        assert store.forget("/a.txt") is None
        assert store.paths(entry.document.doc_id) == ["/b.txt"]
        assert store.forget("/b.txt") == entry.document.doc_id
        assert (store.document_ids(), dict(store.fingerprints())) == ([], {})
        assert store.forget("/b.txt") is None

    def test_a_path_linked_to_what_it_holds_keeps_it_with_the_new_fingerprint(self, store: Store) -> None:
        entry = entry_of("rna p53")
        store.put("/a.txt", "1", entry)
        store.link("/a.txt", "2", entry.document.doc_id)
        assert store.document(entry.document.doc_id) == entry.document
        assert dict(store.fingerprints()) == {"/a.txt": "2"}
        assert_dense_is_exact(store, [entry])

    def test_a_deleted_document_is_gone_at_once_from_everything(self, store: Store) -> None:
        gone, left = entry_of("rna p53\nil2"), entry_of("rna tnf", "b.txt")
        store.put("/a.txt", "1", gone)
        rows = all_rows(store)
        store.put("/b.txt", "2", left)
        store.delete(gone.document.doc_id)
        assert store.document_ids() == [left.document.doc_id]
        assert dict(store.fingerprints()) == {"/b.txt": "2"}
        assert store.paths(gone.document.doc_id) == []
        assert dict(store.index.passage_counts()) == {left.document.doc_id: 1}
        assert store.passages(left.document.doc_id) == list(left.passages)
        assert store.passages(DocId("unknown")) == []
        assert store.index.load(rows) == []
        assert store.index.score_lexical(["rna"], rows) == {}
        assert len(store.index.search_lexical(["rna"], 5)) == 1
        assert dict(store.index.document_frequencies(["rna", "p53", "il2", "tnf"])) == {"rna": 1, "tnf": 1}
        assert_dense_is_exact(store, [left])
        with pytest.raises(UnknownDocumentError):
            store.document(gone.document.doc_id)

    def test_an_unknown_document_cannot_be_deleted_and_nothing_changes(self, store: Store) -> None:
        put_all(store, some_entries(2))
        before = state(store)
        with pytest.raises(UnknownDocumentError):
            store.delete(DocId("f" * 16))
        assert state(store) == before

    def test_documents_are_listed_by_file_name(self, store: Store) -> None:
        sources = ["b.txt", "C.txt", "a.txt", "ä.txt", "a b.txt"]
        put_all(store, [entry_of(f"rna {source}", source) for source in sources])
        listed = [store.document(doc_id).source for doc_id in store.document_ids()]
        assert listed == ["C.txt", "a b.txt", "a.txt", "b.txt", "ä.txt"]

    def test_the_generation_rises_by_one_a_change_and_not_by_reading(self, store: Store) -> None:
        entry = entry_of("rna p53")
        store.put("/a.txt", "1", entry)
        assert store.generation == 1
        store.put("/a.txt", "1", entry)
        assert store.generation == 2
        store.link("/b.txt", "1", entry.document.doc_id)
        assert store.generation == 3
        state(store)
        assert store.generation == 3
        store.delete(entry.document.doc_id)
        assert store.generation == 4

    def test_rows_are_never_used_twice(self, store: Store) -> None:
        entry = entry_of("rna\np53")
        seen: set[int] = set()
        for _ in range(3):
            store.put("/a.txt", "1", entry)
            assert len(all_rows(store)) == 2
            assert not all_rows(store) & seen
            seen |= all_rows(store)
            store.delete(entry.document.doc_id)
            store.put("/a.txt", "1", entry)
            assert not all_rows(store) & seen
            seen |= all_rows(store)

    @pytest.mark.parametrize("missing", ["passage_vectors", "sentence_vectors"])
    def test_a_put_that_fails_leaves_everything_as_it_was(self, store: Store, missing: str) -> None:
        put_all(store, some_entries(2))
        before = state(store)
        whole = entry_of("il2 rna\ntnf")
        broken = replace(whole, **{missing: getattr(whole, missing)[:1]})
        with pytest.raises(ValueError, match="shorter"):
            store.put("/000.txt", "new", broken)
        assert state(store) == before
        assert_dense_is_exact(store, some_entries(2))

    @settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        changes=st.lists(
            st.tuples(
                st.sampled_from(["put", "put", "link", "delete"]), st.sampled_from(PATHS), st.sampled_from(TEXTS)
            ),
            max_size=8,
        )
    )
    def test_any_changes_leave_what_two_dictionaries_would_hold(
        self, new_store: Callable[[], Store], changes: list[tuple[str, str, str]]
    ) -> None:
        store, kept, generation = new_store(), Kept(), 0
        for change in changes:
            generation += apply_change(change, store, kept)
            assert store.generation == generation
            assert_holds(store, kept)
            assert_dense_is_exact(store, list(kept.entries.values()))

    def test_reads_of_one_block_may_be_nested(self, store: Store) -> None:
        put_all(store, some_entries(2))
        before = state(store)
        with store.reading(), store.reading():
            assert state(store) == before
        assert state(store) == before


class SearchIndexContract(_Contract):
    """Passages by row: loaded, found by vectors and by words, within scopes, compared with oracles."""

    # ------------------------------------------------------------ words

    def test_the_vocabulary_is_the_words_by_how_many_documents_hold_them(self, new_store: Callable[[], Store]) -> None:
        store = new_store()
        assert store.index.vocabulary() == {}
        store.put("/a", "f", entry_of("Cells of cells\nIL-2, T cells"))
        store.put("/b", "f", entry_of("β-cells", "b.txt"))
        assert store.index.vocabulary() == {"cells": 2, "of": 1, "il": 1, "t": 1, "β": 1}
        store.forget("/a")
        assert store.index.vocabulary() == {"cells": 1, "β": 1}

    def test_abbreviations_come_and_go_with_their_documents(self, new_store: Callable[[], Store]) -> None:
        store = new_store()
        store.put("/a", "f", entry_of("a tumor microenvironment (TME)"))
        store.put("/b", "f", entry_of("natural killer (NK) in the tumor microenvironment (TME)", "b.txt"))
        assert store.index.abbreviations() == [("TME", "tumor microenvironment"), ("NK", "natural killer")]
        store.forget("/b")
        assert store.index.abbreviations() == [("TME", "tumor microenvironment")]

    # ------------------------------------------------------------ load

    def test_a_passage_is_loaded_with_its_vector_and_the_sentences_within_it_in_order(self, store: Store) -> None:
        document = make_document("IL-2 is toxic. Cats sleep. Dogs run.")
        vectors = unit_vectors(5, seed=3)
        spans = [(0, 14), (15, 26), (27, 36)]
        passages = [
            Passage(document.doc_id, 0, 26, "Results › Safety", 2),
            Passage(document.doc_id, 15, 36, "Results › Safety", None),
        ]
        # Not in the order of the text.
        order = [2, 0, 1]
        store.put(
            "/a.txt",
            "1",
            Entry(document, passages, vectors[:2], [spans[n] for n in order], vectors[2:][order]),
        )
        first, second = store.index.load(all_rows(store))
        assert first.row < second.row
        assert [first.passage, second.passage] == passages
        assert np.array_equal(first.vector, vectors[0])
        assert np.array_equal(second.vector, vectors[1])
        assert [(s.start, s.end, list(s.terms)) for s in first.sentences] == [
            (0, 14, ["il2", "il", "toxic"]),
            (15, 26, ["cat", "sleep"]),
        ]
        assert [(s.start, s.end, list(s.terms)) for s in second.sentences] == [
            (15, 26, ["cat", "sleep"]),
            (27, 36, ["dog", "run"]),
        ]
        assert np.array_equal(second.sentences[1].vector, vectors[4])

    def test_a_sentence_without_search_terms_is_loaded_with_none(self, store: Store) -> None:
        store.put("/a.txt", "1", entry_of("It is so."))
        (passage,) = store.index.load(all_rows(store))
        assert [list(sentence.terms) for sentence in passage.sentences] == [[]]

    @pytest.mark.parametrize(
        ("sentence", "leans", "fragment"),
        [
            ("However, its toxicity limits widespread use.", True, False),
            ("IL-2 shrinks some tumours.", False, False),
            ("MINI REVIEW article", False, True),
            ("They said", True, True),
        ],
    )
    def test_a_sentence_is_loaded_with_its_form(self, store: Store, sentence: str, leans: bool, fragment: bool) -> None:
        store.put("/a.txt", "1", entry_of(sentence))
        (passage,) = store.index.load(all_rows(store))
        assert [(s.leans, s.fragment) for s in passage.sentences] == [(leans, fragment)]

    def test_rows_are_loaded_in_their_order_once_each_and_unknown_ones_left_out(self, store: Store) -> None:
        put_all(store, some_entries(2))
        rows = sorted(all_rows(store))
        assert [stored.row for stored in store.index.load([rows[4], rows[0], rows[2]])] == [rows[0], rows[2], rows[4]]
        assert [stored.row for stored in store.index.load([rows[3], rows[-1] + 7])] == [rows[3]]

    def test_a_document_without_passages_is_kept_and_found_by_no_search(self, store: Store) -> None:
        document = make_document("rna")
        none = np.zeros((0, DIMENSION), np.float32)
        store.put("/a.txt", "1", Entry(document, [], none, [], none))
        assert store.document(document.doc_id) == document
        assert all_rows(store) == set()
        assert store.index.search_lexical(["rna"], 5) == {}

    # ------------------------------------------------------------ dense search

    @pytest.mark.parametrize("k", [1, 5, 30, 31, 1000])
    def test_dense_search_finds_what_comparing_with_every_passage_finds(self, store: Store, k: int) -> None:
        entries = some_entries(10)
        put_all(store, entries)
        assert_dense_is_exact(store, entries, k)

    def test_dense_search_of_some_documents_finds_only_their_passages(self, store: Store) -> None:
        entries = some_entries(10)
        put_all(store, entries)
        some = [entry.document.doc_id for entry in entries[::3]]
        for k in (1, 5, 1000):
            assert_dense_is_exact(store, entries, k, Scope(some))
        assert_dense_is_exact(store, entries, 5, Scope([DocId("f" * 16)]))
        assert_dense_is_exact(store, entries, 5, Scope([*some, DocId("f" * 16)]))

    def test_dense_search_forgets_deleted_documents(self, store: Store) -> None:
        entries = some_entries(10)
        put_all(store, entries)
        for entry in entries[2:5]:
            store.delete(entry.document.doc_id)
        assert_dense_is_exact(store, entries[:2] + entries[5:], 1000)

    def test_no_passages_are_found_where_none_are_asked_for(self, store: Store) -> None:
        put_all(store, some_entries(2))
        assert store.index.search_dense(unit_vectors(1, seed=1)[0], 0) == {}
        assert store.index.search_lexical(["rna"], 0) == {}

    # ------------------------------------------------------------ lexical search

    LINES = (
        "rna rna p53 tnf",
        "rna",
        "p53 p53 p53",
        "tnf il2 tnf il2 rna il2",
        "il6 il6",
        "il6 ros nfkb",
        "ros",
        "nfkb il6 ros p53",
    )

    def lexical_store(self, store: Store) -> dict[str, Columns]:
        """Fill the store with two documents of these lines; return the terms of each passage."""
        put_all(store, [entry_of("\n".join(self.LINES[:5]), "a.txt"), entry_of("\n".join(self.LINES[5:]), "b.txt")])
        loaded = store.index.load(all_rows(store))
        assert len(loaded) == len(self.LINES)
        return {stored.passage.passage_id: (line.split(" "),) for stored, line in zip(loaded, self.LINES, strict=True)}

    @pytest.mark.parametrize(
        "query", [["rna"], ["rna", "p53"], ["il2", "tnf", "nfkb"], ["ros", "absent"], ["p53", "ros", "il6", "il2"]]
    )
    def test_lexical_search_ranks_by_bm25_of_any_of_the_terms(self, store: Store, query: list[str]) -> None:
        rows = self.lexical_store(store)
        expected = ranked(bm25(rows, query))
        assert_same_scores(by_passage(store, store.index.search_lexical(query, 100)), expected)
        assert_same_scores(by_passage(store, store.index.search_lexical(query, 2)), expected[:2])

    def test_lexical_scores_are_the_ones_worked_out_by_hand(self, store: Store) -> None:
        put_all(store, [entry_of("rna\np53 tnf\nil2 il2 ros")])
        # 3 passages of 2 terms on average. "rna": idf ln(2.5/1.5) = 0.5108256; a passage of 1 term:
        # 2.2 / (1 + 1.2 (0.25 + 0.75/2)) = 2.2/1.75. "il2", twice in 3: 4.4 / (2 + 1.2 (0.25 + 1.125)) = 4.4/3.65.
        found = list(store.index.search_lexical(["rna", "il2"], 5).values())
        assert found == pytest.approx([0.5108256238 * 2.2 / 1.75, 0.5108256238 * 4.4 / 3.65], abs=1e-6)

    def test_lexical_search_of_some_documents_finds_only_their_passages(self, store: Store) -> None:
        rows = self.lexical_store(store)
        second = store.document_ids()[1]
        scores = bm25(rows, ["ros", "p53"])
        expected = ranked({row: score for row, score in scores.items() if row.startswith(second)})
        assert len(expected) == 3
        assert_same_scores(
            by_passage(store, store.index.search_lexical(["ros", "p53"], 100, Scope([second]))), expected
        )
        assert store.index.search_lexical(["rna"], 100, Scope([second])) == {}

    def test_scoring_rows_gives_what_searching_gives_them(self, store: Store) -> None:
        self.lexical_store(store)
        searched = store.index.search_lexical(["rna", "p53"], 100)
        rows = sorted(all_rows(store))
        assert store.index.score_lexical(["rna", "p53"], rows) == searched
        assert store.index.score_lexical(["rna", "p53"], rows[:3]) == {row: searched[row] for row in rows[:3]}
        assert store.index.score_lexical(["rna", "p53"], []) == {}

    def test_document_frequencies_count_passages_and_leave_absent_terms_out(self, store: Store) -> None:
        self.lexical_store(store)
        found = store.index.document_frequencies(["rna", "p53", "il6", "il2", "absent"])
        assert dict(found) == {"rna": 3, "p53": 3, "il6": 3, "il2": 1}

    def test_no_terms_find_nothing(self, store: Store) -> None:
        self.lexical_store(store)
        assert store.index.search_lexical([], 5) == {}
        assert store.index.score_lexical([], all_rows(store)) == {}
        assert dict(store.index.document_frequencies([])) == {}

    def test_words_of_the_query_language_and_marks_are_searched_as_terms(self, store: Store) -> None:
        store.put("/a.txt", "1", entry_of("near 1.5 tgf-β"))
        for term in ("near", "1.5", "tgfbeta"):
            assert len(store.index.search_lexical([term], 5)) == 1
        for term in ("NOT", "AND", "1", "5", "body:near", "*"):
            assert store.index.search_lexical([term], 5) == {}

    # ------------------------------------------------------------ scopes

    SCOPES = (
        Scope(since=2018),
        Scope(until=2018),
        Scope(since=2016, until=2020),
        Scope(since=2022),
        Scope(sections=["results"]),
        Scope(sections=["Result"]),
        Scope(sections=["conclusion", "ABSTRACT"]),
        Scope(sections=["safety il-2"]),
        Scope(sections=["discussion results"]),
        Scope(sections=["safety outlook"]),
        Scope(sections=["and"]),
        Scope(since=2018, sections=["results", "nowhere"]),
    )

    @pytest.mark.parametrize("scope", SCOPES)
    def test_search_within_a_scope_finds_the_best_of_what_lies_within(self, store: Store, scope: Scope) -> None:
        entries = varied_entries(14)
        put_all(store, entries)
        everywhere = by_passage(store, store.index.search_lexical(["rna", "n3", "p53"], 1000))
        for chosen in ((), [entry.document.doc_id for entry in entries[::2]]):
            both = replace(scope, documents=chosen)
            inside = {one.passage_id for entry in entries for one in entry.passages if lies_within(entry, one, both)}
            best = [score for passage_id, score in everywhere if passage_id in inside]
            for k in (1, 5, 1000):
                assert_dense_is_exact(store, entries, k, both)
                found = by_passage(store, store.index.search_lexical(["rna", "n3", "p53"], k, both))
                assert [score for _, score in found] == best[:k]
                assert {passage_id for passage_id, _ in found} <= inside
            holders = {passage_id.split("#")[0] for passage_id in inside}
            assert store.document_ids(both) == [doc_id for doc_id in store.document_ids() if doc_id in holders]

    def test_a_scope_of_nothing_known_is_empty_and_no_scope_is_everything(self, store: Store) -> None:
        entries = varied_entries(4)
        put_all(store, entries)
        assert store.document_ids(Scope()) == store.document_ids()
        assert store.document_ids(Scope(sections=["nowhere"])) == []
        assert store.document_ids(Scope(sections=['"', "results OR abstract", "NEAR(p53)", "-"])) == []

    def test_sections_are_named_once_with_each_document_that_has_them(self, store: Store) -> None:
        one, two = varied_entries(2)
        twice = replace(one, passages=[replace(passage, section="Abstract") for passage in one.passages])
        put_all(store, [twice, two])
        expected = {("Abstract", one.document.doc_id)}
        expected |= {(passage.section, two.document.doc_id) for passage in two.passages}
        found = store.index.sections()
        assert (set(found), len(found)) == (expected, len(expected))


class StoreContract(DocumentStoreContract, SearchIndexContract):
    """Everything that a Store must do."""
