"""Real articles as PDF compared with their XML: the short form of ``eval/benchmarks/reading/pdf_twins.py``."""

from pathlib import Path

import pytest

from eval.benchmarks.reading.pdf_twins import Result, measured

ARTICLES = ("PMC7906827", "PMC4562040", "PMC4391421")


@pytest.fixture(scope="module")
def results(shared: Path) -> list[Result]:
    return [measured(shared / "data" / "pdf-real" / f"{name}.pdf", None) for name in ARTICLES]


@pytest.mark.shared
def test_real_articles_are_read_in_order_and_clean(results: list[Result]) -> None:
    for one in results:
        assert one.words > 0.99, one.name
        assert one.order > 0.96, one.name
        assert len(one.contaminated) <= 0.03 * one.sentences, one.contaminated
        assert all(kind != "reference entries" for kind, _ in one.contaminated)


@pytest.mark.shared
def test_what_real_articles_say_of_themselves_is_right_or_unknown(results: list[Result]) -> None:
    for one in results:
        assert "wrong" not in one.fields.values(), one.fields
        assert one.fields["title"] == one.fields["doi"] == "right"
