"""The page in a real browser: marks work by mouse and keyboard, nothing is loaded from elsewhere or run.

If PINCITE_AXE names axe-core's ``axe.min.js``, accessibility is checked too.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from qa.faces.cli.main import run
from qa.faces.cli.options import DONE
from qa.library import Library
from tests.support.make_pdf import Layout, typeset
from tests.support.models import WordEncoder
from tests.support.places import CORPUS
from tests.support.running import running

ANSWERED = "What limits the use of high-dose IL-2?"
SEVERAL = "What are the toxicities of IL-2?"
"""Answered by two sentences. The second leans on the one before it, which is shown with it."""
REFUSED = "Who painted the Mona Lisa?"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Library(tmp_path_factory.mktemp("served") / "library", encoder=WordEncoder()) as library:
        library.add([CORPUS])
        with running(library) as address:
            yield address


@contextmanager
def opened(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """The page. A request to another server or a console message fails the test."""
    context = browser.new_context(**options)
    context.set_default_timeout(120_000)  # a busy machine is no fault of the page
    page, wrong = context.new_page(), []
    here = (address.partition("?")[0], "data:", "blob:")
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(here) else None)
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    yield page
    assert wrong == []
    context.close()


def reload(page: Any) -> None:
    hush(page)
    page.reload()


def go(page: Any, address: str) -> None:
    hush(page)
    page.goto(address)


def hush(page: Any) -> None:
    """Ignore what this page still says. A user may leave at any moment, which cuts off running requests."""
    page.evaluate("console.error = console.warn = console.log = () => {}")


def ask(page: Any, question: str) -> None:
    before = page.locator(".answer").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".answer").nth(before).wait_for()


def test_a_mark_opens_its_sentence_by_keyboard_and_escape_leads_back(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        ask(page, SEVERAL)
        mark = page.get_by_role("link", name="[2]", exact=True)
        shown = page.locator("#conversation blockquote").nth(1).inner_text().removesuffix("[2]").strip()
        mark.focus()
        page.keyboard.press("Enter")
        source = page.frame_locator("#source iframe")
        source.locator("mark#quote:focus").wait_for()
        assert shown.endswith(source.locator("mark#quote").inner_text())  # its context comes before it
        page.keyboard.press("Escape")
        assert page.locator("#source").is_hidden()
        assert mark.evaluate("link => link === document.activeElement")


def test_the_next_mark_follows_in_the_pane_for_every_answer(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        ask(page, SEVERAL)
        ask(page, "Which cytokines can be neutralized?")
        page.locator(".answer").first.get_by_role("link", name="[1]", exact=True).click()
        source = page.frame_locator("#source iframe")
        source.get_by_role("link", name="Next").click()
        source.get_by_text("Mark 2 of").wait_for()
        assert page.locator(".answer").count() == 2


def test_the_address_brings_the_conversation_back(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        ask(page, ANSWERED)
        page.wait_for_url("**/?conversation=*")
        reload(page)
        page.locator(".answer").wait_for()
        assert ANSWERED in page.locator("#conversation").inner_text()


def test_a_question_is_edited_judged_and_its_conversation_deleted(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        page.get_by_role("button", name="For which tumours has IFN-alpha been used?").click()
        page.locator(".answer").wait_for()
        page.get_by_role("button", name="Dislike").click()
        page.get_by_role("button", name="Edit the last question").click()
        page.get_by_label("takes the place of the last one").fill(ANSWERED)
        page.keyboard.press("Enter")
        page.locator("#conversation").get_by_text(ANSWERED).wait_for()
        page.locator(".answer").wait_for()
        assert page.locator(".answer").count() == 1
        page.get_by_role("tab", name="History").click()
        page.get_by_role("button", name="Delete this conversation").click()
        page.get_by_role("button", name="Delete it with all its answers").click()
        page.locator(".answer").wait_for(state="detached")


def test_a_verdict_and_a_name_are_kept(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        ask(page, ANSWERED)
        page.get_by_role("button", name="Dislike").click()
        page.get_by_role("button", name="Disliked").wait_for()
        page.get_by_role("tab", name="History").click()
        page.get_by_label("Name of this conversation").fill("  On the \u202eABC\u202c dose ")
        page.get_by_role("button", name="Rename").click()
        page.locator(".conversations").get_by_text("On the \u202eABC\u202c dose").wait_for()
        reload(page)
        page.get_by_role("button", name="Disliked").wait_for()
        page.get_by_role("tab", name="History").click()
        assert page.get_by_label("Name of this conversation").input_value() == "On the \u202eABC\u202c dose"


def test_two_tabs_share_a_conversation_and_lose_nothing(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        ask(page, ANSWERED)
        page.wait_for_url("**/?conversation=*")
        with opened(browser, address) as other:
            other.goto(page.url)
            other.locator(".answer").wait_for()
            ask(other, REFUSED)
        ask(page, "How does IFN-gamma act against tumors?")
        assert page.locator(".user-row").all_inner_texts() == [
            ANSWERED,
            REFUSED,
            "How does IFN-gamma act against tumors?",
        ]


def test_the_focus_starts_in_the_question_and_is_never_lost(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        question = page.locator("#question textarea:focus")
        question.wait_for()
        page.get_by_role("button", name="For which tumours has IFN-alpha been used?").focus()
        page.keyboard.press("Enter")  # this removes the button
        page.locator(".answer").wait_for()
        question.wait_for()
        page.get_by_role("link", name="Newest answer").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.get_by_role("link", name="[1]", exact=True).and_(page.locator(":focus")).wait_for()
        page.keyboard.press("Escape")
        question.wait_for()
        page.get_by_role("link", name="Add documents").focus()
        page.keyboard.press("Enter")
        page.locator("#upload:focus").wait_for()
        page.keyboard.press("Escape")
        question.wait_for()


def test_a_file_is_added_asked_alone_and_removed(browser: Any, address: str, tmp_path: Path) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood through the body.")
    with opened(browser, address) as page:
        page.get_by_role("tab", name="Documents").click()
        page.locator("input[type=file]").set_input_files(tmp_path / "heart.txt")
        page.get_by_text("heart.txt: added, 1 passages.").wait_for()
        page.get_by_role("tab", name="Ask").click()
        page.get_by_role("button", name="Ask only some documents").click()
        page.get_by_label("Documents to ask").click()
        page.get_by_role("option", name="heart.txt").click()
        ask(page, "What does the heart pump through the body?")
        assert "Asked of: heart.txt" in page.locator(".answer").inner_text()
        page.get_by_role("tab", name="Documents").click()
        page.get_by_role("button", name="Remove documents").click()
        page.get_by_label("Documents to remove").click()
        page.get_by_role("option", name="heart.txt").click()
        page.get_by_role("button", name="Remove them from the library").click()
        page.get_by_text("heart.txt: removed.").wait_for()


def test_years_and_sections_are_chosen_and_hold_for_what_follows(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        page.get_by_role("button", name="Ask only some documents, years or sections").click()
        page.get_by_label("From the year").click()
        page.get_by_role("option", name="2026").click()
        page.get_by_label("Sections to ask").click()
        page.get_by_role("option", name="Abstract").click()
        page.get_by_label("Sections to ask").fill("findings")
        page.keyboard.press("Enter")
        for question in ("Which cytokines can be neutralized?", "And in tumors?"):
            ask(page, question)
        said = "Asked of: published since 2026 (1 document without a year left out); sections Abstract, findings"
        assert [said in answer for answer in page.locator(".answer").all_inner_texts()] == [True, True]
        page.get_by_label("To the year").click()
        page.get_by_role("option", name="2025").click()
        page.get_by_label("Your question").fill(ANSWERED)
        page.keyboard.press("Enter")
        page.get_by_text("Sorry: no document can be published 2026–2025").wait_for()


def test_an_answer_is_copied_with_its_citations(browser: Any, address: str) -> None:
    with opened(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, ANSWERED)
        page.get_by_role("link", name="Copy with citations").first.click()
        page.get_by_role("link", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith(f"## {ANSWERED}")


class Waiting(Library):
    """Answers nothing until told to."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.begun, self.go_on = Event(), Event()

    def ask(self, *arguments: Any, **options: Any) -> Any:
        self.begun.set()
        self.go_on.wait()
        return super().ask(*arguments, **options)


def test_a_question_that_is_stopped_is_not_answered(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood through the body.")
    with Waiting(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "heart.txt"])
        with running(library) as address, opened(browser, address) as page:
            page.get_by_label("Your question").fill("What does the heart pump?")
            page.keyboard.press("Enter")
            library.begun.wait()
            page.locator(".user-row").get_by_text("What does the heart pump?").wait_for()
            page.get_by_role("button", name="Stop").click()
            page.locator(".user-row").wait_for(state="detached")
            assert page.get_by_label("Your question").input_value() == "What does the heart pump?"
            assert page.get_by_role("button", name="Stop").is_hidden()
            library.go_on.set()
            ask(page, "What is pumped by the heart?")
            assert page.locator(".user-row").all_inner_texts() == ["What is pumped by the heart?"]


def test_stopping_takes_until_the_word_of_it_has_arrived(browser: Any, tmp_path: Path) -> None:
    # If the stop arrived after the next question was asked, it would cancel that question.
    (tmp_path / "heart.txt").write_text("The heart pumps blood through the body.")
    with Waiting(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "heart.txt"])
        with running(library) as address, opened(browser, address) as page:
            held: list[Any] = []
            page.route("**/cancel", lambda route: held.append(route))
            page.get_by_label("Your question").fill("What does the heart pump?")
            page.keyboard.press("Enter")
            library.begun.wait()
            row = page.locator(".user-row").get_by_text("What does the heart pump?")
            row.wait_for()
            page.get_by_role("button", name="Stop").click()
            page.wait_for_timeout(500)
            shown = (len(held), row.is_visible())
            held[0].continue_()
            row.wait_for(state="detached")
            library.go_on.set()
            assert shown == (1, True)
            ask(page, "What is pumped by the heart?")
            assert page.locator(".user-row").all_inner_texts() == ["What is pumped by the heart?"]


def test_a_question_asked_while_another_is_answered_waits_its_turn(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "heart.txt").write_text("The heart pumps blood through the body.")
    questions = ["What does the heart pump?", "What is pumped by the heart?"]
    with Waiting(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "heart.txt"])
        with running(library) as address, opened(browser, address) as page:
            page.get_by_label("Your question").fill(questions[0])
            page.keyboard.press("Enter")
            library.begun.wait()
            page.locator(".user-row").get_by_text(questions[0]).wait_for()
            page.get_by_label("Your question").fill(questions[1])
            page.keyboard.press("Enter")
            library.go_on.set()
            page.locator(".answer").nth(1).wait_for()
            assert page.locator(".user-row").all_inner_texts() == questions


def test_hostile_text_is_shown_and_does_nothing(browser: Any, tmp_path: Path) -> None:
    payload = "<img src=x onerror=alert(1)> ${alert(2)} {{7*7}} ![x](https://elsewhere.example/x.png) <script>alert(3)"
    name = "a <b>&amp; ${alert(4)} $$x^2$$.txt"
    (tmp_path / name).write_text(f"Interleukin says {payload} and more.")
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / name])
        with running(library) as address, opened(browser, address) as page:
            ask(page, f"What does interleukin say? {payload}")
            assert f"What does interleukin say? {payload}" in page.locator(".user-row").inner_text()
            assert f"Interleukin says {payload} and more." in page.locator(".answer").inner_text()
            page.get_by_role("link", name="[1]", exact=True).click()
            source = page.frame_locator("#source iframe")
            assert source.locator("mark#quote").inner_text() == f"Interleukin says {payload} and more."
            page.get_by_role("tab", name="Documents").click()
            page.locator(".documents").get_by_text(name).wait_for()


def test_a_script_that_gets_into_the_page_does_not_run(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    page.evaluate("""() => {
        window.refused = new Promise((resolve) => {
            const refused = [];
            document.addEventListener("securitypolicyviolation", (event) => {
                if (refused.push(event.violatedDirective) === 2) resolve(refused.sort());
            });
        });
        const script = document.createElement("script");
        script.textContent = "window.wasHit = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", `<img src="data:," onerror="window.wasHit = true">`);
    }""")
    assert page.evaluate("window.refused") == ["script-src-attr", "script-src-elem"]
    assert not page.evaluate("window.wasHit")
    page.close()


def test_behind_a_login_the_page_works_for_who_has_it(browser: Any, tmp_path: Path) -> None:
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([CORPUS])
        with running(library, login=("ada", "secret enough")) as address:
            known = {"username": "ada", "password": "secret enough"}
            with opened(browser, address, http_credentials=known) as page:
                ask(page, ANSWERED)
                page.get_by_role("link", name="[1]", exact=True).click()
                page.frame_locator("#source iframe").locator("mark#quote").wait_for()
            context = browser.new_context()
            assert context.request.get(address).status == 401
            context.close()


def test_with_the_key_everything_works_and_without_it_nothing(browser: Any, tmp_path: Path) -> None:
    key = "a key of more than sixteen".replace(" ", "-")
    (tmp_path / "heart.txt").write_text("The heart pumps blood through the body.")
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([CORPUS])
        with running(library, key=key) as address:
            with opened(browser, f"{address}?key={key}") as page:
                assert page.url == address
                ask(page, ANSWERED)
                page.get_by_role("link", name="[1]", exact=True).click()
                page.frame_locator("#source iframe").locator("mark#quote").wait_for()
                with page.expect_download() as download:
                    page.locator(".answer").get_by_role("link", name="RIS").click()
                assert "TY  - " in Path(download.value.path()).read_text("utf-8")
                page.get_by_role("tab", name="Documents").click()
                page.locator("input[type=file]").set_input_files(tmp_path / "heart.txt")
                page.get_by_text("heart.txt: added").wait_for()
                (cookie,) = page.context.cookies()
                assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
                assert page.evaluate("document.cookie") == ""
            page = browser.new_page()
            assert page.goto(f"{address}compare?question=x").status == 401
            page.get_by_text("This page needs its key").wait_for()
            page.get_by_label("Key").fill(key)
            page.get_by_role("button", name="Open").click()
            page.wait_for_url(lambda url: "key" not in url)
            assert_sound(page, 1280, os.environ.get("PINCITE_AXE"))
            page.context.close()


def test_words_stay_readable_while_the_page_waits_for_new_ones(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        link = page.locator(".links").get_by_role("link", name="Add documents")
        faded = link.evaluate(
            """link => {
                const around = [];
                for (let part = link; part; part = part.parentElement) around.push(part);
                around.forEach(part => { part.style.transition = "none"; part.classList.add("pending"); });
                return around.filter(part => getComputedStyle(part).opacity < 1).length;
            }"""
        )
        assert faded == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_fits_and_is_accessible(browser: Any, address: str, width: int, scheme: str) -> None:
    axe = os.environ.get("PINCITE_AXE")
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": bool(axe)}
    with opened(browser, address, **options) as page:
        page.get_by_label("Your question").wait_for()
        page.get_by_role("button", name="Ask only some documents, years or sections").click()
        page.get_by_label("From the year").wait_for()
        assert_sound(page, width, axe)
        for question in (ANSWERED, REFUSED):
            ask(page, question)
        page.get_by_role("link", name="[1]", exact=True).click()
        page.frame_locator("#source iframe").locator("mark#quote").wait_for()
        assert_sound(page, width, axe)
        page.keyboard.press("Escape")
        for tab in ("History", "Documents"):
            page.get_by_role("tab", name=tab).click()
            page.get_by_role("tabpanel").get_by_role("link").last.wait_for()
            assert_sound(page, width, axe)
        page.get_by_role("link", name="Double-Edged").click()
        page.frame_locator("#source iframe").locator("article").wait_for()
        go(page, page.locator("#source iframe").get_attribute("src"))
        assert_sound(page, width, axe)
        go(page, f"{address}compare?question={ANSWERED}")
        page.locator(".columns section").first.wait_for()
        assert_sound(page, width, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_of_the_last_evaluation_is_a_click_away_and_accessible(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr("qa.library.opened.load_encoder", WordEncoder)
    quote = {"doc": "heart.txt", "quote": "The heart pumps blood through the body."}
    lines = [
        {"id": "a", "question": "What does the heart pump?", "answers": [quote]},
        {"id": "b", "question": REFUSED, "answerable": False},
    ]
    (tmp_path / "heart.txt").write_text(quote["quote"])
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "heart.txt"])
        assert run(["eval", str(tmp_path / "questions.jsonl"), "--library", str(library.path)]) == DONE
        axe = os.environ.get("PINCITE_AXE")
        options = {"color_scheme": scheme, "viewport": {"width": 320, "height": 800}, "bypass_csp": bool(axe)}
        with running(library) as address:
            with opened(browser, address, **options) as page:
                page.get_by_role("tab", name="Documents").click()
                link = page.get_by_role("link", name="Report of the last evaluation")
                assert link.get_attribute("href") == "report"
            with opened(browser, f"{address}report", **options) as page:  # it loads nothing else
                page.get_by_role("heading", name="In short").wait_for()
                page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
                assert_sound(page, 320, axe)


PRINTED = [
    "Interleukin-2 is limited by its toxicity in older adults.",
    "Sargramostim restores the marrow of patients after chemotherapy.",
    "Checkpoint inhibitors act best on tumours with many mutations.",
]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page for a library of one PDF with three pages."""
    folder = tmp_path_factory.mktemp("printed")
    (folder / "a.pdf").write_bytes(typeset([("paragraph", text) for text in PRINTED], Layout(depth=14)))
    with Library(folder / "library", encoder=WordEncoder()) as library:
        library.add([folder / "a.pdf"])
        with running(library) as address:
            yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_how_a_document_was_read_is_seen_on_its_page(browser: Any, printed: str, width: int, scheme: str) -> None:
    axe = os.environ.get("PINCITE_AXE")
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": bool(axe)}
    with opened(browser, printed, **options) as page:
        page.get_by_role("tab", name="Documents").click()
        page.locator(".documents").get_by_text("3 sentences may be quoted").wait_for()
        page.get_by_role("link", name="how it was read").click()
        page.frame_locator("#source iframe").get_by_role("group", name="Page 1 of a.pdf as it is printed").wait_for()
        go(page, page.locator("#source iframe").get_attribute("src"))
        page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name="2 →").click()
        box = page.get_by_role("link", name=f"1, text, may be quoted: {PRINTED[1]}")
        page.get_by_role("group", name="Page 2 of a.pdf").wait_for()
        for _ in range(20):  # keyboard only
            page.keyboard.press("Tab")
            if box.evaluate("link => link === document.activeElement"):
                break
        inside, picture = box.locator("rect").bounding_box(), page.locator(".sheet").bounding_box()
        assert picture["x"] < inside["x"] < inside["x"] + inside["width"] < picture["x"] + picture["width"]
        page.keyboard.press("Enter")
        assert PRINTED[1] in page.locator("li:target").inner_text()
        assert_sound(page, width, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_how_a_text_was_read_is_seen_by_its_colours(browser: Any, address: str, width: int, scheme: str) -> None:
    axe = os.environ.get("PINCITE_AXE")
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": bool(axe)}
    with opened(browser, address, **options) as page:
        go(page, f"{address}document/004_eb4dd2e47999bcaa.txt/reading")
        looks = {role: page.locator(f".blocks .{role}").first for role in ("body", "front", "boilerplate")}
        seen = {
            (look.evaluate("b => getComputedStyle(b).backgroundColor"), look.inner_text()[0]) for look in looks.values()
        }
        assert len(seen) == len({colour for colour, _ in seen}) == len({letter for _, letter in seen}) == 3
        assert_sound(page, width, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_a_pdf_shows_its_page_beside_its_text(browser: Any, printed: str, width: int, scheme: str) -> None:
    axe = os.environ.get("PINCITE_AXE")
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": bool(axe)}
    with opened(browser, printed, **options) as page:
        ask(page, "What does sargramostim restore in patients after chemotherapy?")
        page.get_by_role("link", name="[1]", exact=True).click()
        source = page.frame_locator("#source iframe")
        picture = source.get_by_role("img", name="Page 2 of a.pdf as it is printed, with the words of the sentence")
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.complete && image.naturalWidth") == 1000
        assert picture.bounding_box()["width"] <= page.locator("#source").bounding_box()["width"]
        source.get_by_role("link", name="Page 3 →").press("Enter")
        source.get_by_role("img", name="Page 3 of a.pdf as it is printed").wait_for()
        assert source.get_by_role("link", name="Open the PDF at page 3").get_attribute("href").endswith(".pdf#page=3")
        go(page, f"{printed}document/a.pdf")
        page.get_by_role("img", name="Page 1 of a.pdf").wait_for()
        assert_sound(page, width, axe)


STILL = """() => {
    const still = new CSSStyleSheet();
    still.replaceSync("* { transition: none !important }");
    document.adoptedStyleSheets.push(still);
}"""
"""Ends the transitions, so that no colour is judged on its way to another."""


def assert_sound(page: Any, width: int, axe: str | None) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if axe:
        page.evaluate(STILL)
        page.evaluate(Path(axe).read_text("utf-8"))
        found = page.evaluate(f"axe.run({{runOnly: {WCAG}}})")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
