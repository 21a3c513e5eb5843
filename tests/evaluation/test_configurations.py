"""Configuration files, and the libraries that configurations need."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.errors import EvaluationError
from qa.evaluation.configurations import DEFAULT, Configuration, chosen, distinct, open_system, read_configurations
from qa.evaluation.systems import LibrarySystem, Response, System
from qa.indexing.chunking import DEFAULT_LIMITS, Limits
from qa.indexing.embedding import HEAD_WEIGHT
from qa.library import Library
from qa.models.reader import Reading, Scores
from qa.records import Question
from qa.retrieval.settings import DEFAULT_RANKING, Ranking
from tests.support.known_items import known_items
from tests.support.models import WordEncoder
from tests.support.places import ROOT


def configuration(text: str, folder: Path) -> Configuration:
    path = folder / "configurations.toml"
    path.write_text(text)
    (one,) = read_configurations(path)
    return one


def test_the_committed_configurations_are_pincite_and_what_it_is_compared_with() -> None:
    known = {one.name: one for one in read_configurations(ROOT / "eval" / "configs" / "configurations.toml")}
    assert list(known) == ["full", "unrefused", "no-reader", "hybrid", "lexical", "dense"]
    assert known["full"].ranking == known["unrefused"].ranking == DEFAULT_RANKING
    assert known["no-reader"].ranking == replace(DEFAULT_RANKING, read=0)
    assert not any(known[name].ranking.read for name in ("hybrid", "lexical", "dense"))
    assert known["full"].passage == DEFAULT_LIMITS
    assert known["dense"].ranking.weights == {"dense": 1.0}
    assert known["lexical"].ranking.weights == {"lexical": 1.0}
    assert known["hybrid"].ranking.weights == {"dense": 0.5, "lexical": 0.5}


def test_what_a_table_leaves_out_is_as_it_is(tmp_path: Path) -> None:
    one = configuration("[long]\npassage = { words = 200, overlap = 0 }\nranking = { context = 0 }", tmp_path)
    assert one == Configuration("long", passage=Limits(words=200, overlap=0), ranking=Ranking(context=0))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        "a = 1",
        "[a]\nnonsense = 1",
        "[a]\nthreshold = 'high'",
        "[a]\nthreshold = true",
        "[a]\nmodel = 3",
        "[a.passage]\nwords = 1.5",
        "[a.passage]\nletters = 1",
        "[a.ranking]\nweights = 3",
        "[a.ranking.weights]\nsparse = 1",
        "[a.ranking.weights]\ndense = 'much'",
        "[a.ranking.sentence_weights]\ndense = 1",
    ],
)
def test_a_malformed_file_is_one_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"configurations\.toml"):
        configuration(text, tmp_path)


def test_configurations_are_chosen_by_name() -> None:
    first, second = Configuration("first"), Configuration("second")
    assert chosen([first, second], []) == [first, second]
    assert chosen([first, second], ["second", "first"]) == [second, first]
    with pytest.raises(EvaluationError, match="'third'; there are first, second"):
        chosen([first, second], ["third"])


def asked(system: System, question: str) -> Response:
    return system.ask(Question("1", question))


def test_ranking_alone_is_asked_of_the_library_as_it_is(library: Library, tmp_path: Path) -> None:
    lexical = Configuration("lexical", ranking=Ranking(weights={"lexical": 1.0}))
    system = open_system(lexical, library, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    hits = system.ask(Question("1", "high-dose IL-2 toxicity")).hits
    terms = [hit.score for hit in hits]
    assert terms == sorted(terms, key=lambda score: -(score or 0))
    best = library.search("high-dose IL-2 toxicity", 50)
    assert hits[0].text == max(best, key=lambda hit: hit.scores["lexical"]).text
    system.close()


def test_the_default_is_the_library_as_every_face_asks_it(library: Library, tmp_path: Path) -> None:
    system = open_system(DEFAULT, library, tmp_path)
    for question in known_items(library, every=15):
        answer = library.ask(question.question)
        assert [hit.text for hit in system.ask(question).hits] == [hit.text for hit in answer.hits]
    system.close()


def test_other_passages_need_a_library_of_their_own_which_is_kept(
    library: Library, words: WordEncoder, tmp_path: Path
) -> None:
    short = Configuration("short", passage=Limits(words=40, overlap=0))
    first = open_system(short, library, tmp_path)
    encoded, passages = words.encoded, first.passages() or ()
    first.close()
    second = open_system(short, library, tmp_path)
    assert words.encoded == encoded
    assert second.passages() == passages
    second.close()
    assert len(passages) > len(library.contents.passages())
    assert all(len(one.text.split()) <= 40 or one.text.count(". ") == 0 for one in passages)
    assert {one.source for one in passages} == {document.source for document in library.documents()}


def test_another_weight_of_headings_needs_a_library_of_its_own(library: Library, tmp_path: Path) -> None:
    (hit,) = library.search("IL-2", k=1)
    asked, scores = f"{hit.title} {hit.passage.section}", []
    for weight in (HEAD_WEIGHT, 0.0, 5.0):
        system = open_system(Configuration(f"head {weight}", head_weight=weight), library, tmp_path)
        assert isinstance(system, LibrarySystem)
        assert ("head_weight" in system.description) == (weight != HEAD_WEIGHT)
        scores.append(max(hit.scores["dense"] for hit in system.library.search(asked)))
        system.close()
    assert scores[1] < scores[0] < scores[2]  # because the question asks for the headings


def test_a_library_that_was_left_half_made_is_completed(library: Library, tmp_path: Path) -> None:
    short = Configuration("short", passage=Limits(words=40))
    system = open_system(short, library, tmp_path)
    assert isinstance(system, LibrarySystem)
    system.library.remove(library.documents()[0].source)
    system.close()
    again = open_system(short, library, tmp_path)
    assert again.size()["documents"] == 3
    again.close()


def test_another_cross_encoder_orders_what_is_found(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Length:
        sha256 = "4" * 64

        def __init__(self, name: str) -> None:
            assert name == "some/cross-encoder"

        def read(self, passages: Sequence[Reading]) -> list[Scores]:
            return [np.array([len(text) for text in one.sentences], np.float32) for one in passages]

    monkeypatch.setattr("qa.evaluation.configurations.CrossEncoderReader", Length)
    system = open_system(Configuration("other", reader="some/cross-encoder"), library, tmp_path)
    plain = open_system(DEFAULT, library, tmp_path)
    assert isinstance(system, LibrarySystem)
    assert isinstance(plain, LibrarySystem)
    best, otherwise = (
        one.library.retrieve("What limits the use of high-dose IL-2?").sentences[0] for one in (system, plain)
    )
    assert best.end - best.start > otherwise.end - otherwise.start
    assert "some/cross-encoder" in system.description
    system.close()
    plain.close()


def test_another_model_is_found_by_name(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(WordEncoder):
        sha256 = "1" * 64

    monkeypatch.setattr("qa.library.opened.load_encoder", Other)
    system = open_system(Configuration("other", model="other"), library, tmp_path)
    assert isinstance(system, LibrarySystem)
    assert system.library.description()["model"] == "other"
    assert '"model": "other"' in system.description
    system.close()


OWN = """
from qa.evaluation.systems import Piece, Response, System

class Mine(System):
    description = "always the first passage"

    def __init__(self, library):
        self.library = library

    def ask(self, question):
        hit = self.library.search(question.question, 1)[0]
        return Response([Piece(hit.source, hit.text)])
"""


def test_a_system_of_ones_own_is_found_by_its_module(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_retriever.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    system = open_system(Configuration("mine", system="my_retriever:Mine"), library, tmp_path)
    assert (system.name, system.description) == ("mine", "always the first passage")
    assert len(asked(system, "What is IL-2?").hits) == 1
    for wrong in ("my_retriever:Yours", "nowhere:Mine", "nonsense"):
        with pytest.raises(EvaluationError, match="MODULE:NAME"):
            open_system(Configuration("mine", system=wrong), library, tmp_path)


def test_systems_are_told_apart_by_name(library: Library) -> None:
    system = LibrarySystem("one", "", library)
    assert distinct([system]) == [system]
    with pytest.raises(EvaluationError, match="'one'"):
        distinct([system, system])
