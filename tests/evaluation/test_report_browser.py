"""The pages in a real browser: they load and run nothing and fit a phone. A link to a question opens it.

Skipped without Playwright and Chromium. If PINCITE_AXE names axe-core's ``axe.min.js``, accessibility is
checked too.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.report import write, write_comparison
from tests.evaluation.test_report import poisoned
from tests.support.make_evaluation import compared, evaluation

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    before, after = poisoned(evaluation(30)), poisoned(evaluation(30, quality=1.8))
    figures = [compared(before.systems[0], after.systems[0], name) for name in before.systems[0].summary]
    made = tmp_path_factory.mktemp("reports")
    write(before, made)
    write_comparison(before, after, made, figures)
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("name", ["report.html", "comparison.html"])
def test_a_page_loads_and_runs_nothing_and_fits(browser: Any, folder: Path, name: str, width: int, scheme: str) -> None:
    axe = os.environ.get("PINCITE_AXE")
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=bool(axe))
    page, address = context.new_page(), (folder / name).as_uri()
    requested: list[str] = []
    said: list[object] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert (requested, said) == ([address], [])
    assert page.title() != "owned"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if axe:
        page.evaluate(Path(axe).read_text("utf-8"))
        found = page.evaluate(f"axe.run({{runOnly: {WCAG}}})")
        assert [violation["id"] for violation in found["violations"]] == []
    context.close()


def test_a_link_to_a_question_opens_it(browser: Any, tmp_path: Path) -> None:
    made = evaluation(30)
    failed = next(result for result in made.systems[0].questions if result.verdict == "wrongly answered")
    write(made, tmp_path)
    page = browser.new_page()
    page.goto(f"{(tmp_path / 'report.html').as_uri()}#q-{failed.id}")
    assert page.locator(f"#q-{failed.id}").is_visible()
    page.close()


@pytest.mark.parametrize("table", [".measures", ".differing"])
def test_what_was_and_what_is_are_in_sight_side_by_side(browser: Any, tmp_path: Path, table: str) -> None:
    write_comparison(evaluation(30), evaluation(30, seed=8, quality=1.8), tmp_path)
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.goto((tmp_path / "comparison.html").as_uri())
    hidden = "(box => box.scrollWidth - box.clientWidth)(document.querySelector('{}').closest('.scroll'))"
    assert page.evaluate(hidden.format(table)) == 0
    page.close()
