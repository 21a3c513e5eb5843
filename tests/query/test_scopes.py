"""Scopes of a question: only text within the scope is found. A scope that leaves nothing gives an error sentence."""

import pytest

from qa.errors import ScopeError, UnknownDocumentError
from qa.library import Library
from qa.query.scopes import OFFERED, headings
from qa.records import DocId, Scope

UNDATED, OF_2026, OF_2025 = "003_21a118f5011cff46.txt", "000_fe304fc8ed56550a.txt", "004_eb4dd2e47999bcaa.txt"


@pytest.mark.parametrize(
    ("scope", "sources"),
    [
        (Scope(since=2025), {OF_2025, OF_2026}),
        (Scope(since=2026), {OF_2026}),
        (Scope(until=2025), {OF_2025}),
        (Scope(since=2025, until=2025), {OF_2025}),
        (Scope([OF_2025, UNDATED], since=0), {OF_2025}),
        (Scope(sections=["conclusions"]), {UNDATED}),
        (Scope(sections=["conclusion", "abstract"]), {UNDATED, OF_2026}),
    ],
)
def test_only_what_lies_within_the_scope_is_found(library: Library, scope: Scope, sources: set[str]) -> None:
    assert {hit.source for hit in library.search("cytokines in cancer", 50, scope=scope)} == sources
    answer = library.ask("What do cytokines do in cancer?", scope=scope, threshold=0.0)
    assert {citation.source for citation in answer.citations} <= sources
    assert {hit.source for hit in answer.hits} <= sources
    assert library.verify(answer).stands


def test_all_passages_of_a_section_and_of_those_below_it_are_found(library: Library) -> None:
    wanted = {passage.passage_id for passage in library.contents.passages() if "Introduction" in passage.section}
    assert len(wanted) == 6
    found = library.search("cytokines", 50, scope=Scope(sections=["INTRODUCTION"]))
    assert {hit.passage.passage_id for hit in found} == wanted


def test_a_set_of_questions_and_a_comparison_keep_to_the_scope(library: Library) -> None:
    scope = Scope(since=2026)
    question = "Which cytokines can be neutralized?"
    answer = library.ask(question, scope=scope, question_id="q")
    assert answer.to_dict() == {**library.ask(question, scope=scope).to_dict(), "id": "q"}
    compared = library.compare(question, scope=scope)
    named = [document for document, _ in compared.speaking] + list(compared.silent)
    assert [document.source for document in named] == [OF_2026]


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (Scope(since=2026, until=2025), "no document can be published 2026–2025; give years of four digits"),
        (Scope(since=10_000), "no document can be published since 10000; give"),
        (Scope(until=-1), "no document can be published until -1; give"),
        (Scope(since=2**70), "give years of four digits"),
        (
            Scope(sections=["abstract", "Apocrypha  now"]),
            "no section has 'Apocrypha now' in its headings; choose another, such as Abstract, Conclusion, ",
        ),
        (Scope(sections=["of the"]), "no section has 'of the' in its headings"),
        (
            Scope(since=2027),
            "nothing is left to ask of: published since 2027 (1 document without a year left out). Ask with fewer",
        ),
        (Scope([UNDATED], until=2020, sections=["conclusion"]), "left to ask of: 003_21a118f5011cff46.txt; published"),
        (Scope([OF_2025], sections=["conclusion"]), "sections conclusion. Ask with fewer limits."),
    ],
)
def test_a_scope_that_leaves_nothing_is_a_sentence(library: Library, scope: Scope, told: str) -> None:
    with pytest.raises(ScopeError) as error:
        library.ask("What do cytokines do?", scope=scope)
    assert told in str(error.value)
    assert str(error.value).endswith(".")
    with pytest.raises(ScopeError):
        library.search("cytokines", scope=scope)


def test_an_unknown_document_is_said_to_be_unknown(library: Library) -> None:
    with pytest.raises(UnknownDocumentError):
        library.search("cytokines", scope=Scope(["nowhere.txt"], since=2025))


def test_where_no_document_has_headings_the_error_says_so(library: Library) -> None:
    for source in (OF_2025, OF_2026, UNDATED):
        library.remove(source)
    with pytest.raises(ScopeError, match="the documents have no headings"):
        library.search("cytokines", scope=Scope(sections=["results"]))


def test_limits_are_told_in_words_with_what_is_left_out_for_want_of_a_year(library: Library) -> None:
    title = library.document(OF_2025).label
    limits = library.contents.limits
    assert limits(Scope()) == []
    assert limits(Scope([OF_2025], sections=["a  b", "c"])) == [title, "sections a b, c"]
    assert limits(Scope(since=2025, until=2026)) == ["published 2025–2026 (1 document without a year left out)"]
    assert limits(Scope([OF_2025], until=2026)) == [title, "published until 2026"]
    assert limits(Scope([OF_2025], since=2025, until=2025)) == [title, "published in 2025"]


# ---------------------------------------------------------------- headings


def held(*names: str) -> list[tuple[str, DocId]]:
    """(section name, document id) pairs from names whose first character is the document id."""
    return [(name[1:].strip(), DocId(name[0])) for name in names]


def test_headings_are_those_of_most_documents_however_they_are_written() -> None:
    found = headings(held("1 Results", "2 3.1. RESULTS", "3 II. Results", "1 Abstract", "2 Abstract", "3 Discussion"))
    assert found == ["Results", "Abstract", "Discussion"]


def test_a_heading_below_others_counts_once_a_document_and_stands_after_the_outermost() -> None:
    found = headings(held("1 Methods › Ethics", "1 Methods › Data", "2 Methods", "2 Zeal", "1", "2 › "))
    assert found == ["Methods", "Zeal", "Data", "Ethics"]


def test_a_heading_of_several_words_counts_as_the_one_that_stands_alone() -> None:
    found = headings(held("1 Results and discussion", "2 Results", "3 Concluding remarks", "4 Aims"))
    assert found == ["Results", "Aims", "Concluding remarks"]


def test_few_of_many_headings_are_offered() -> None:
    assert len(headings(held(*(f"1 heading{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(300))))) == OFFERED


def test_every_heading_offered_finds_something(library: Library) -> None:
    assert library.contents.headings()[:3] == ["Abstract", "Conclusion", "Contribution"]
    for heading in library.contents.headings():
        assert library.search("cytokines", scope=Scope(sections=[heading]))


def test_a_library_that_was_never_made_has_no_headings(tmp_path: object) -> None:
    assert Library(f"{tmp_path}/none").contents.headings() == []
