"""Ranking settings: what each one changes, and that Pincite uses the defaults."""

from qa.library import Library
from qa.retrieval.settings import SENTENCE_WEIGHTS, WEIGHTS, Ranking
from tests.support.models import WordEncoder

QUESTION = "What limits the use of high-dose IL-2?"


def with_ranking(library: Library, words: WordEncoder, **settings: object) -> Library:
    return Library(library.path, encoder=words, ranking=Ranking(**settings))


def test_the_default_ranking_is_that_of_the_constants(library: Library, words: WordEncoder) -> None:
    assert Ranking() == Ranking(weights=WEIGHTS, sentence_weights=SENTENCE_WEIGHTS)
    with with_ranking(library, words) as same:
        assert same.ask(QUESTION) == library.ask(QUESTION)


def test_one_leg_alone_orders_passages_by_its_score(library: Library, words: WordEncoder) -> None:
    for leg in ("dense", "lexical"):
        with with_ranking(library, words, weights={leg: 1.0}, same_document_penalty=0.0) as one:
            hits = one.search(QUESTION)
            everything = one.search(QUESTION, 50)
        scores = [hit.scores[leg] for hit in hits]
        assert scores == sorted((hit.scores[leg] for hit in everything), reverse=True)[:10]


def test_sentences_follow_their_own_weights(library: Library, words: WordEncoder) -> None:
    settings = {"sentence_weights": {"cosine": 1.0}, "passage_weight": 0.0}
    with with_ranking(library, words, **settings) as cosine:
        (first, *_) = cosine.ask(QUESTION, threshold=0.0).sentences
        hits = cosine.search(QUESTION)
    asked = words.encode_question(QUESTION)
    sentences = [hit.scores["sentence"] for hit in hits]
    assert float(words.encode_question(first.text) @ asked) >= max(sentences) - 1e-6


def test_fewer_candidates_are_fewer_hits(library: Library, words: WordEncoder) -> None:
    with with_ranking(library, words, candidates=1) as narrow:
        assert 1 <= len(narrow.search(QUESTION)) <= 2


def test_an_everyday_word_that_is_missing_tells_less_with_open_text(library: Library, words: WordEncoder) -> None:
    question = "Is giving vedolizumab wrong?"  # none of these words is in the reviews
    alone = with_ranking(library, words, df_prior=0.0).retrieve(question).query.term_weights
    smoothed = library.retrieve(question).query.term_weights
    assert len(set(alone.values())) == 1
    assert smoothed["give"] < smoothed["wrong"] < smoothed["vedolizumab"]


def test_a_typo_is_searched_as_what_was_meant(library: Library, words: WordEncoder) -> None:
    meant, typed = library.retrieve("cytokine limitations"), library.retrieve("cytokine limitiations")
    assert typed.query.text == "cytokine limitations"
    assert typed.query.corrections == {"limitiations": "limitations"}
    assert (typed.hits, typed.query.oov_share) == (meant.hits, 0.0)
    assert with_ranking(library, words, spelling=False).retrieve("cytokine limitiations").query.oov_share > 0.4


def test_what_was_typed_is_not_corrected_where_open_text_knows_it(library: Library) -> None:
    assert library.retrieve("Which antibiotic treats pneumonia?").query.corrections == {}


def test_another_name_finds_what_the_usual_one_finds(library: Library, words: WordEncoder) -> None:
    query = library.retrieve("What limits Proleukin?").query
    assert "IL-2" in query.to_dict()["expansions"]["Proleukin"]
    assert query.oov_share == 0.0
    plain = with_ranking(library, words, expansion=0.0).retrieve("What limits Proleukin?").query
    assert plain.groups == []
    assert plain.oov_share > 0.5
    assert query.term_weights["proleukin"] < plain.term_weights["proleukin"]  # as common as IL-2


def test_an_alternative_counts_a_little_less_than_the_word_itself(library: Library, words: WordEncoder) -> None:
    scores = {
        weight: max(
            sentence.features["coverage"]
            for sentence in with_ranking(library, words, expansion=weight).retrieve("Proleukin").sentences
        )
        for weight in (0.0, 0.5, 1.0)
    }
    assert scores == {0.0: 0.0, 0.5: 0.5, 1.0: 1.0}


def test_hits_beyond_the_first_few_are_of_other_documents_too(library: Library, words: WordEncoder) -> None:
    question = "How do interferons act on NK cells?"
    spread = library.search(question)
    with with_ranking(library, words, same_document_penalty=0.0) as plain:
        best, everything = plain.search(question), plain.search(question, 50)
    assert [hit.passage for hit in spread[:5]] == [hit.passage for hit in best[:5]]
    assert len({hit.source for hit in spread}) > len({hit.source for hit in best})
    assert [hit.score for hit in spread] == sorted((hit.score for hit in spread), reverse=True)
    assert {hit.passage for hit in spread} <= {hit.passage for hit in everything}


def test_a_spread_without_end_takes_documents_in_turn(library: Library, words: WordEncoder) -> None:
    with with_ranking(library, words, same_document_penalty=1000.0) as turns:
        sources = [hit.source for hit in turns.search("cytokines", 11)]
    counts = [sources.count(source) for source in set(sources)]
    assert len(counts) == 3
    assert min(counts) >= 2
