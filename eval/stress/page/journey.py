"""Walk a newcomer's whole way through the page, by mouse and by keyboard alone, and count presses of Tab.

    python -m eval.stress.page.journey [--screenshots DIR] [--by mouse keyboard]

Start 'qa serve' on an empty folder; ask a first question; open a citation and come back; upload a PDF; ask it; ask only
it; export the answer as RIS; stop the server and start it again; find the conversation. All is done in a real browser
as a user would. Each step is timed and checked. By keyboard, each Tab must lead to something with an outline, and no
step may lose the focus. Needs Playwright, Chromium, and the project's test tools, which make the PDF. Exit status 1 if
a step fails or needs more than 40 presses of Tab in all.
"""

import argparse
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from eval.stress.page.browsing import chromium, opened
from tests.support.make_pdf import typeset

MOST_TABS = 40
FIRST = "What limits the use of high-dose IL-2?"
SECOND = "Which enzyme makes the light of fireflies?"
SENTENCE = "The light of fireflies is made by the enzyme luciferase, which oxidises luciferin in its lantern."
ARTICLE = [
    ("title", "How fireflies make light"),
    ("heading", "Summary"),
    ("paragraph", SENTENCE),
    ("paragraph", "Adults flash to find a mate, and each species has a pattern of flashes of its own."),
]
FILE = "fireflies.pdf"


class JourneyError(Exception):
    """What a user would complain about."""


def must(held: Any, complaint: str) -> None:
    if not held:
        raise JourneyError(complaint)


@contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """Run 'qa serve' in a folder during the block. Yields the printed key. It must stop by itself when interrupted."""
    command = [sys.executable, "-m", "qa", "serve", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next((line for line in process.stderr if "answers at" in line), "")
        must(line, "'qa serve' did not start.")
        try:
            yield line.partition("?")[2].split()[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


class Hands:
    """Chooses the file when the browser asks for one; ``tabs`` counts presses of Tab."""

    def __init__(self, page: Any, file: Path) -> None:
        self.page = page
        self.tabs = 0
        page.on("filechooser", lambda chooser: chooser.set_files(file))


class Mouse(Hands):
    """Points and clicks."""

    def ask(self, question: str) -> None:
        self.page.get_by_label("Your question").click()
        self.page.keyboard.type(question)
        self.page.get_by_role("button", name="Ask", exact=True).click()

    def open_mark(self) -> None:
        self.page.get_by_role("link", name="[1]", exact=True).first.click()

    def close_source(self) -> None:
        self.page.locator("#source").get_by_role("button", name="Close").click()

    def upload(self) -> None:
        self.page.get_by_role("tab", name="Documents").click()
        self.page.get_by_role("button", name="Add files").click()

    def back_to_asking(self) -> None:
        self.page.get_by_role("tab", name="Ask").click()

    def choose(self, document: str) -> None:
        self.page.get_by_role("button", name="Ask only some documents").click()
        self.page.get_by_label("Documents to ask").click()
        self.page.get_by_role("option", name=document).click()

    def export(self) -> None:
        self.page.locator(".answer").last.get_by_role("link", name="RIS").click()

    def find_again(self) -> None:
        self.page.get_by_role("tab", name="History").click()
        self.page.locator(".conversations").get_by_role("link", name=FIRST).click()


class Keyboard(Hands):
    """Types, and presses Tab, Enter and Escape."""

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab_to(self, wanted: Any, key: str = "Tab") -> None:
        """Press Tab until the wanted element has the focus."""
        element = wanted.first.element_handle()
        for _ in range(MOST_TABS):
            self.press(key)
            self.tabs += 1
            outline = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            must(outline != "none", "the focus cannot be seen.")
            if element.evaluate("element => element === document.activeElement"):
                return
        raise JourneyError(f"{wanted} is not reached by Tab.")

    def ask(self, question: str) -> None:
        box = self.page.get_by_label("Your question")
        must(box.evaluate("box => box === document.activeElement"), "the question has not got the focus.")
        self.page.keyboard.type(question)
        self.press("Enter")

    def to_newest_answer(self) -> None:
        self.tab_to(self.page.get_by_role("link", name="Newest answer"))
        self.press("Enter")

    def open_mark(self) -> None:
        self.to_newest_answer()
        self.tab_to(self.page.get_by_role("link", name="[1]", exact=True))
        self.press("Enter")

    def close_source(self) -> None:
        self.press("Escape")
        mark = self.page.get_by_role("link", name="[1]", exact=True).first
        must(mark.evaluate("mark => mark === document.activeElement"), "Escape does not lead back to the mark.")
        self.press("Escape")

    def upload(self) -> None:
        self.tab_to(self.page.get_by_role("link", name="Add documents"))
        self.press("Enter")
        self.page.locator("#upload:focus").wait_for()
        self.press("Enter")

    def back_to_asking(self) -> None:
        self.press("Escape")
        self.page.locator("#question textarea:focus").wait_for()

    def choose(self, document: str) -> None:
        self.tab_to(self.page.get_by_role("button", name="Ask only some documents"))
        self.press("Enter")
        self.tab_to(self.page.get_by_label("Documents to ask"))
        self.page.keyboard.type(document)
        self.page.get_by_role("option", name=document).wait_for()
        self.press("Enter")
        self.press("Escape")  # closes the list
        self.press("Escape")
        self.page.locator("#question textarea:focus").wait_for()

    def export(self) -> None:
        self.to_newest_answer()
        self.tab_to(self.page.locator(".answer").last.get_by_role("link", name="RIS"))
        self.press("Enter")

    def find_again(self) -> None:
        self.page.locator("#question textarea:focus").wait_for()
        self.tab_to(self.page.get_by_role("tab", name="History"), "Shift+Tab")
        self.press("Enter")
        self.tab_to(self.page.locator(".conversations").get_by_role("link", name=FIRST))
        self.press("Enter")


class Journey:
    """The steps in order, with one pair of hands."""

    def __init__(self, page: Any, hands: Mouse | Keyboard, screenshots: Path | None) -> None:
        self.page, self.hands, self.screenshots = page, hands, screenshots
        self.taken: list[tuple[str, float, int]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began, tabs = time.perf_counter(), self.hands.tabs
        try:
            yield
        except Error as error:
            raise JourneyError(f"{name}: {error}") from error
        self.taken.append((name, time.perf_counter() - began, self.hands.tabs - tabs))
        focused = self.page.evaluate("document.activeElement.tagName")
        must(focused != "BODY" or isinstance(self.hands, Mouse), f"{name}: the focus is lost.")
        if self.screenshots:
            number, hands = len(self.taken), type(self.hands).__name__.lower()
            self.page.screenshot(path=self.screenshots / f"{hands}-{number} {name}.png")

    def asked(self, question: str) -> Any:
        """The answer to a question, once it is there."""
        before = self.page.locator(".answer").count()
        self.hands.ask(question)
        answer = self.page.locator(".answer").nth(before)
        answer.locator("blockquote").first.wait_for()
        return answer

    def before_the_restart(self) -> None:
        with self.step("first question"):
            must("IL-2" in self.asked(FIRST).inner_text(), "the first question is not answered.")
        with self.step("open a citation, come back"):
            self.hands.open_mark()
            quote = self.page.frame_locator("#source iframe").locator("mark#quote:focus")
            quote.wait_for()
            must(quote.inner_text() in self.page.locator(".answer").inner_text(), "the mark opens another sentence.")
            self.hands.close_source()
            self.page.locator("#source").wait_for(state="hidden")
        with self.step("upload a PDF"):
            self.hands.upload()
            self.page.get_by_text(f"{FILE}: added").wait_for()
        with self.step("ask it"):
            self.hands.back_to_asking()
            must(SENTENCE in self.asked(SECOND).inner_text(), "the PDF does not answer.")
        with self.step("ask it alone"):
            self.hands.choose(ARTICLE[0][1])
            must("Asked of: " in self.asked(SECOND).inner_text(), "the answer does not say what was asked.")
        with self.step("export RIS"):
            with self.page.expect_download() as download:
                self.hands.export()
            text = Path(download.value.path()).read_text("utf-8")
            must(text.startswith("TY  - ") and SENTENCE in text, f"this is not the RIS of the answer: {text}")

    def after_the_restart(self, address: str) -> None:
        with self.step("open the page again"):
            self.page.goto(address)
            self.page.locator("#question textarea:enabled").wait_for()
        with self.step("find the conversation"):
            self.hands.find_again()
            self.page.locator(".answer").nth(2).wait_for()
            said = self.page.locator("#conversation").inner_text()
            must(FIRST in said and SENTENCE in said, "the conversation is not what it was.")


def walk(browser: Any, by: Callable[[Any, Path], Mouse | Keyboard], screenshots: Path | None) -> Journey:
    with tempfile.TemporaryDirectory() as temporary, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        folder, address = Path(temporary), f"http://127.0.0.1:{port}/"
        (folder / FILE).write_bytes(typeset(ARTICLE))
        began, wrong = time.perf_counter(), list[str]()
        with served(folder, port) as key:
            started = time.perf_counter() - began
            opening = opened(browser, address, wrong, f"?{key}")
            page = opening.__enter__()
            journey = Journey(page, by(page, folder / FILE), screenshots)
            journey.taken.append(("start 'qa serve' on an empty folder", started, 0))
            with journey.step("open the page"):
                page.get_by_role("button", name=FIRST).wait_for()
            journey.before_the_restart()
            must(not wrong, f"the browser complains: {wrong[:3]}")
        began = time.perf_counter()
        with served(folder, port) as key:
            journey.taken.append(("stop it, and start it again", time.perf_counter() - began, 0))
            journey.after_the_restart(f"{address}?{key}")
            opening.__exit__(None, None, None)
    return journey


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--screenshots", type=Path)
    options.add_argument("--by", nargs="+", choices=["mouse", "keyboard"], default=["mouse", "keyboard"])
    given = options.parse_args()
    if given.screenshots:
        given.screenshots.mkdir(parents=True, exist_ok=True)
    hands: dict[str, Callable[[Any, Path], Mouse | Keyboard]] = {"mouse": Mouse, "keyboard": Keyboard}
    most = 0
    with chromium() as browser:
        for by in given.by:
            try:
                journey = walk(browser, hands[by], given.screenshots)
            except JourneyError as error:
                print(f"by {by}: {error}")
                return 1
            print(f"\nby {by}\n\n| step | seconds | Tab presses |\n|---|---|---|")
            for name, seconds, tabs in journey.taken:
                print(f"| {name} | {seconds:.1f} | {tabs} |")
            print(f"| together | {sum(step[1] for step in journey.taken):.1f} | {journey.hands.tabs} |", flush=True)
            most = max(most, journey.hands.tabs)
    print(f"\nat most {most} presses of Tab")
    return 1 if most > MOST_TABS else 0


if __name__ == "__main__":
    sys.exit(main())
