"""Check every state of the chat page, and every other page, with axe-core: WCAG 2.0 to 2.2, A and AA.

    PINCITE_AXE=axe.min.js python -m eval.stress.page.accessibility [--only SCHEME-WIDTH ...] [--screenshots DIR]

axe.min.js comes with axe-core (``npm pack axe-core``). Each state is held while axe looks: a question not yet answered,
a file being read, a refused file and question, a server that is gone. Checks light and dark, 1280 and 320 pixels wide,
and counts what is wider than the window. Needs Playwright and Chromium. Exit status 1 if anything is found.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from threading import Event
from typing import Any

import qa
from eval.stress.page.browsing import ask, chromium, opened
from eval.stress.reading.inline import read_in_this_process
from qa.errors import QuestionError
from qa.indexing.corpus import builtin_corpus
from tests.support.make_pdf import typeset
from tests.support.models import WordEncoder
from tests.support.running import running

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES, WIDTHS = ("light", "dark"), (1280, 320)
ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "Who painted the Mona Lisa?"

States = Iterator[str]
"""Names of states, each yielded while the page is in it."""

UNASKABLE = "What cannot be asked?"


class Held(qa.Library):
    """A library that pauses its work while held, and cannot answer ``UNASKABLE``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.begun, self.free = Event(), Event()
        self.free.set()

    def hold(self) -> None:
        self.begun.clear()
        self.free.clear()

    def _pause(self) -> None:
        self.begun.set()
        self.free.wait()

    def ask(self, question: str, **options: Any) -> Any:
        self._pause()
        if question == UNASKABLE:
            raise QuestionError("this question cannot be asked; ask another.")
        return super().ask(question, **options)

    def add(self, paths: Any, progress: Callable[..., None] = lambda *_: None, **options: Any) -> Any:
        def held(*done: Any) -> None:
            progress(*done)
            self._pause()

        return super().add(paths, progress=held, **options)


def conversation_states(page: Any, library: Held) -> States:
    page.get_by_role("button", name=ANSWERED).wait_for()
    yield "empty"
    library.hold()
    page.get_by_label("Your question").fill(ANSWERED)
    page.keyboard.press("Enter")
    library.begun.wait()
    page.get_by_role("button", name="Stop").wait_for()
    yield "asking"
    library.free.set()
    page.locator(".answer blockquote").first.wait_for()
    yield "answered"
    page.get_by_role("link", name="[1]", exact=True).click()
    page.frame_locator("#source iframe").locator("mark#quote").wait_for()
    yield "answered, source open"
    page.keyboard.press("Escape")
    ask(page, REFUSED)
    page.locator(".refused").wait_for()
    yield "abstained"
    page.get_by_label("Your question").fill(UNASKABLE)
    page.keyboard.press("Enter")
    page.get_by_text("Sorry: ").wait_for()
    yield "error: question refused"


def panel_states(page: Any, library: Held, folder: Path) -> States:
    page.get_by_role("button", name="Ask only some documents").click()
    page.get_by_label("Documents to ask").click()
    page.get_by_role("option").first.wait_for()
    yield "choosing documents"
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="History").click()
    page.get_by_role("button", name="Delete this conversation").click()
    page.get_by_role("button", name="Delete it with all its answers").wait_for()
    yield "history"
    page.get_by_role("tab", name="Documents").click()
    page.get_by_role("button", name="Remove documents").click()
    page.get_by_role("button", name="Remove them from the library").wait_for()
    yield "documents"
    library.hold()
    page.locator("input[type=file]").set_input_files([folder / "heart.txt", folder / "broken.pdf"])
    library.begun.wait()
    page.locator("#news").get_by_text("reading").wait_for()
    yield "indexing"
    library.free.set()
    page.get_by_text("Not added: broken.pdf").wait_for()
    yield "error: file refused"


def plain_paths(page: Any) -> tuple[str, str]:
    """The addresses of the first mark and of the first nearest passage."""
    mark, passage = (page.locator(link).first.get_attribute("href") for link in ("a.mark", ".refused ~ ul a"))
    return mark, passage


def plain_states(page: Any, address: str, source: str, document: str) -> States:
    for name, path in {
        "document, at a mark": source,
        "document, at a passage": document,
        "how a text was read": f"{document.partition('?')[0]}/reading",
        "how a PDF was read": "document/printed.pdf/reading",
        "compare": f"compare?question={ANSWERED}",
        "api": "api/",
        "message": "document/nowhere",
    }.items():
        page.goto(f"{address}{path}")
        page.locator("main").wait_for()
        yield name


def lost(page: Any) -> States:
    page.get_by_label("Your question").fill(ANSWERED)
    page.keyboard.press("Enter")
    page.get_by_test_id("toast-body").wait_for()
    yield "error: server gone"


def findings(page: Any, axe: str, width: int) -> list[str]:
    """What axe finds in the page as it is now, and whether it is wider than the window."""
    page.evaluate(axe)
    found = page.evaluate(f"axe.run({{runOnly: {RULES}}})")["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth") - width
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]] + (
        [f"{wide} pixels too wide"] if wide > 0 else []
    )


def look(browser: Any, axe: str, scheme: str, width: int, screenshots: Path | None) -> dict[str, list[str]]:
    """The findings in every state, for one window."""
    found: dict[str, list[str]] = {}

    def check(states: States, page: Any) -> None:
        for state in states:
            page.wait_for_timeout(300)  # until fading colours are final
            if screenshots:
                name = f"{scheme}-{width}-{len(found):02} {state}.png".replace(": ", " ").replace(",", "")
                page.screenshot(path=screenshots / name, full_page=True)
            found[state] = findings(page, axe, width)

    options: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": True}
    corpus = builtin_corpus()
    assert corpus is not None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "heart.txt").write_text("The heart pumps blood through the body.", "utf-8")
        (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
        (folder / "printed.pdf").write_bytes(typeset([("title", "On hearts"), ("paragraph", "The heart pumps blood.")]))
        library = Held(folder / "library", encoder=WordEncoder())
        with library:
            library.add([corpus])
            with running(library) as address, opened(browser, address, [], **options) as page:
                check(conversation_states(page, library), page)
                check(panel_states(page, library, folder), page)
                library.add([folder / "printed.pdf"])  # late: examples need the built-in corpus alone
                plain = page.context.new_page()
                check(plain_states(plain, address, *plain_paths(page)), plain)
            served = running(library)
            with opened(browser, served.__enter__(), [], **options) as page:
                served.__exit__(None, None, None)
                check(lost(page), page)
    return found


def main() -> int:
    windows = [f"{scheme}-{width}" for scheme, width in product(SCHEMES, WIDTHS)]
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="+", choices=windows, default=windows, metavar="SCHEME-WIDTH")
    options.add_argument("--screenshots", type=Path)
    given = options.parse_args()
    if "PINCITE_AXE" not in os.environ:
        sys.exit("name axe-core's axe.min.js in PINCITE_AXE; 'npm pack axe-core' fetches it.")
    axe = Path(os.environ["PINCITE_AXE"]).read_text("utf-8")
    if given.screenshots:
        given.screenshots.mkdir(parents=True, exist_ok=True)
    read_in_this_process()
    with chromium() as browser:
        found = {
            window: look(browser, axe, scheme, int(width), given.screenshots)
            for window in given.only
            for scheme, width in [window.split("-")]
        }
    print(f"| state | {' | '.join(found)} |\n|---|{'---|' * len(found)}")
    for state in next(iter(found.values())):
        print(f"| {state} | {' | '.join(str(len(states[state])) for states in found.values())} |")
    all_of_them = {f"{state}: {one}" for states in found.values() for state, ones in states.items() for one in ones}
    print("\n".join(sorted(all_of_them)))
    total = sum(len(ones) for states in found.values() for ones in states.values())
    print(f"{sum(map(len, found.values()))} states, {total} violations")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
