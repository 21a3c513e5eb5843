"""qa.profile: the numbers in one file are the ones used."""

from dataclasses import fields

from qa.indexing.embedding import HEAD_WEIGHT
from qa.profile import profile
from qa.retrieval.settings import DEFAULT_RANKING, Ranking


def test_every_number_of_the_ranking_is_the_profiles() -> None:
    numbers = {one.name: getattr(DEFAULT_RANKING, one.name) for one in fields(Ranking)}
    assert profile()["ranking"] == {name: value for name, value in numbers.items() if not isinstance(value, bool)}
    kinds = {one.name: one.type for one in fields(Ranking)}
    assert all(type(value) is kinds[name] for name, value in numbers.items() if kinds[name] in (int, float))


def test_the_weight_of_headings_is_the_profiles() -> None:
    assert profile()["embedding"] == {"head_weight": HEAD_WEIGHT}
