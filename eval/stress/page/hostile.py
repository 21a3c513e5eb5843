"""Show hostile text everywhere the page shows text. It must be shown unchanged and do nothing.

    python -m eval.stress.page.hostile [--payloads N]

Each line of payloads.txt is put in a document's text, title, author and file name, and asked as a question. Counts
executions (a call of ``hit``, a dialog, an error), requests to another host, and payloads that are not shown character
by character. Needs Playwright and Chromium. Exit status 1 if any count is not 0.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import qa
from eval.stress.page.browsing import chromium
from tests.support.models import WordEncoder
from tests.support.running import running

HERE = Path(__file__).parent
WATCH = "window.hit = () => { window.wasHit = true; }"


def hostile_files(folder: Path, payloads: list[str]) -> None:
    """Write a file for each payload: in its text, title, author and, as far as file systems allow, its name."""
    entries = []
    for number, payload in enumerate(payloads):
        name = f"{number} {payload.replace('/', '∕')[:80]}.txt"
        (folder / name).write_text(f"Summary\n\nInterleukin number{number} says {payload} and more.\n", "utf-8")
        entries.append(f"[[source]]\nfile = {_toml(name)}\ntitle = {_toml(payload)}\nauthors = [{_toml(payload)}]\n")
    (folder / "sources.toml").write_text("\n".join(entries), "utf-8")


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def look(page: Any, address: str, library: qa.Library, payloads: list[str], found: Counter[str]) -> None:
    """Ask every payload, read every document, and list everything."""
    page.goto(address)
    for number, payload in enumerate(payloads):
        question = f"What does interleukin number{number} say? {payload}"
        page.get_by_label("Your question").fill(question)
        page.keyboard.press("Enter")
        page.locator(".answer").nth(number).wait_for()
        shown = page.locator(".user-row").nth(number).inner_text().strip()
        found["questions not shown as they are"] += _squeezed(shown) != _squeezed(question)
        found["executions"] += bool(page.evaluate("window.wasHit"))
    for tab in ("History", "Documents"):
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("tabpanel").get_by_role("link").last.wait_for()
        if tab == "History":
            page.get_by_label("Name of this conversation").fill(payloads[0])
            page.keyboard.press("Enter")
        found["executions"] += bool(page.evaluate("window.wasHit"))
    listed = _squeezed(page.locator(".documents").inner_text())
    found["titles not shown as they are"] += sum(_squeezed(payload) not in listed for payload in payloads)
    for document in library.documents():
        start = document.text.index("Interleukin")
        page.goto(f"{address}document/{document.doc_id}?start={start}&end={len(document.text)}#quote")
        quote = page.locator("mark").all_inner_texts()
        found["quotes not shown as they are"] += _squeezed("".join(quote)) != _squeezed(document.text[start:])
        found["executions"] += bool(page.evaluate("window.wasHit"))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--payloads", type=int, default=None)
    payloads = (HERE / "payloads.txt").read_text("utf-8").splitlines()[: options.parse_args().payloads]
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary, chromium() as browser:
        folder = Path(temporary, "texts")
        folder.mkdir()
        hostile_files(folder, payloads)
        with qa.open(Path(temporary, "library"), encoder=WordEncoder()) as library:
            added = library.add([folder])
            with running(library) as address:
                page = browser.new_page()
                page.add_init_script(WATCH)
                page.on("dialog", lambda dialog: (found.update(["executions"]), dialog.dismiss()))
                page.on("pageerror", lambda error: found.update(["executions"]))
                page.on(
                    "request",
                    lambda request: found.update(
                        [] if request.url.startswith((address, "data:", "blob:")) else ["requests to another host"]
                    ),
                )
                look(page, address, library, payloads, found)
    print(f"{len(payloads)} payloads in {len(added)} documents, as many questions, and every list")
    for count in (
        "executions",
        "requests to another host",
        "questions not shown as they are",
        "titles not shown as they are",
        "quotes not shown as they are",
    ):
        print(f"{count}: {found[count]}")
    return 1 if found.total() else 0


if __name__ == "__main__":
    sys.exit(main())
