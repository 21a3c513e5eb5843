"""The questions written for passages of articles: their topics, and that the articles still have these texts."""

import json
import random
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def articles() -> ModuleType:
    from eval.training import reader_articles

    return reader_articles


def test_every_question_is_about_a_passage_of_the_list(articles: ModuleType) -> None:
    listed = {form["id"]: form for form in map(json.loads, articles.PASSAGES.read_text("utf-8").splitlines())}
    asked = articles.written("articles")
    assert {one.about for one in asked} == set(listed)
    assert all(doc == listed[one.about]["doc"] for one in asked for doc, _ in one.question.answers)


@pytest.mark.isolated
def test_an_article_is_read_as_it_was_written_over(
    articles: ModuleType, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "articles.passages.jsonl").write_text(articles.PASSAGES.read_text("utf-8").splitlines()[0] + "\n")
    monkeypatch.setattr(articles, "PASSAGES", tmp_path / "articles.passages.jsonl")
    ((name, (doc, _, sentences)),) = articles.article_passages(shared / "data").items()
    asked = [one for one in articles.written("articles") if one.about == name]
    monkeypatch.setattr(articles, "written", lambda _: asked)
    read = list(articles.own_articles(shared / "data", random.Random(1)))
    assert [one.question for one in read] == [one.question.question for one in asked]
    assert {one.group for one in read} == {doc}
    for one, question in zip(read, (one.question for one in asked), strict=True):
        assert {quote for _, quote in question.answers} == {sentences[i] for i in one.answers}


@pytest.mark.isolated
def test_an_article_that_reads_otherwise_is_an_error(
    articles: ModuleType, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = json.loads(articles.PASSAGES.read_text("utf-8").splitlines()[0])
    (tmp_path / "articles.passages.jsonl").write_text(json.dumps({**form, "from": "Nothing begins so."}) + "\n")
    monkeypatch.setattr(articles, "PASSAGES", tmp_path / "articles.passages.jsonl")
    with pytest.raises(ValueError, match="has no passage any more"):
        articles.article_passages(shared / "data")
