"""Show strings made to break a page wherever it shows text, and count those not shown exactly.

    python -m eval.stress.page.torture [--count N] [--seed N] [--show N]

Each string is asked as a question in a real browser. It is also the title, a heading and part of a sentence of its own
document, shown in an answer, in the document and in the list of documents; part of that document's file name; and a
conversation's name. What is read back is ``innerText``: the characters as laid out, with white space.

Equal means the same code points in the same order. The expected string is the one-line form in which texts are kept,
which ``one_line`` here computes independently: characters without a shape are dropped (C0 and C1 controls, soft hyphen,
zero width space, word joiner, byte order mark), a run of white space is one space, none at the ends; of names, the
first 80 characters. File names stay as they are. The documents are XML, which cannot hold control characters, U+FFFE
and U+FFFF, so these are left out there.

Needs Playwright and Chromium. Exit status 1 if any string is not shown exactly, or if anything was run or asked of
another host.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import qa
from eval.stress.page.browsing import ask, chromium, opened
from eval.stress.page.torture_strings import torture_strings
from eval.stress.reading.inline import read_in_this_process
from qa.faces.web.chat.chat import LISTED
from qa.records import Document, Scope
from qa.stores.conversations.store import FILE, MAX_NAME, Conversations
from tests.support.models import WordEncoder
from tests.support.running import running

BATCH = 40
"""Questions or answers in one conversation."""

_SHAPELESS = {*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x200B, 0x2060, 0xFEFF}
_NOT_IN_XML = {*range(0x20), 0xFFFE, 0xFFFF}
_FILE_NAME_BYTES = 180

Found = dict[str, list[tuple[str, str]]]
"""For each place, the expected and the shown texts."""


def one_line(text: str) -> str:
    """A text as it is kept on one line."""
    return " ".join("".join(character for character in text if ord(character) not in _SHAPELESS).split())


def name(text: str) -> str:
    """A conversation's name as it is kept."""
    kept = one_line(text)
    return kept if len(kept) <= MAX_NAME else kept[: MAX_NAME - 1] + "…"


def in_xml(text: str) -> str:
    return "".join(character for character in text if ord(character) not in _NOT_IN_XML)


def write_articles(folder: Path, strings: Sequence[str]) -> list[Path]:
    """Write a JATS file for each string: in its title, a heading, a sentence and, as far as possible, its file name."""
    paths = []
    for number, text in enumerate(strings):
        shown = escape(in_xml(text))
        front = f"<article-meta><title-group><article-title>{shown}</article-title></title-group></article-meta>"
        sentence = f"Interleukin number{number} says {shown} and more."
        body = f"<sec><title>A {shown} Z</title><p>{sentence}</p></sec>"
        held = text.replace("/", "∕").replace("\0", "")
        held = held.encode()[:_FILE_NAME_BYTES].decode(errors="ignore")
        paths.append(folder / f"{number:04} {held}.xml")
        paths[-1].write_text(f"<article><front>{front}</front><body>{body}</body></article>", "utf-8")
    return paths


def ask_all(browser: Any, address: str, strings: Sequence[str], wrong: list[str], found: Found) -> None:
    """Ask each string as a question, each batch in a new conversation."""
    for first in range(0, len(strings), BATCH):
        with opened(browser, address, wrong) as page:
            batch = strings[first : first + BATCH]
            for text in batch:
                ask(page, text)
            _compare(found, "question", map(one_line, batch), page.locator(".user-row bdi").all_inner_texts())


def read_answers(browser: Any, address: str, library: qa.Library, wrong: list[str], found: Found) -> None:
    """An answer from each document, as the page shows kept conversations."""
    conversations = Conversations(library.path / FILE)
    documents = library.documents()
    for first in range(0, len(documents), BATCH):
        batch = documents[first : first + BATCH]
        kept = None
        for document in batch:
            question = f"What does interleukin {document.text.split('number')[1].split()[0]} say?"
            answer = library.ask(question, scope=Scope([document.doc_id]), threshold=0.0).to_dict()
            kept = conversations.keep(answer, kept, None, [document.label]).conversation
        turns = conversations.turns(str(kept))
        quotes = [sentence["text"] for turn in turns for sentence in turn.answer["sentences"]]
        sources = [citation["title"] for turn in turns for citation in turn.answer["citations"]]
        with opened(browser, address, wrong, f"?conversation={kept}") as page:
            page.locator(".answer").nth(len(batch) - 1).wait_for()
            _compare(found, "quote", quotes, page.locator(".answer blockquote > bdi").all_inner_texts())
            _compare(found, "source", sources, page.locator(".answer .sources a bdi").all_inner_texts())
            of = page.locator(".answer .of bdi").all_inner_texts()
            _compare(found, "asked of", [document.label for document in batch], of)


def read_documents(browser: Any, address: str, library: qa.Library, wrong: list[str], found: Found) -> None:
    """Every document's own page."""
    documents = library.documents()
    with opened(browser, address, wrong) as chat:
        page = chat.context.new_page()  # leaving the chat while it loads would be a connection error
        for document in documents:
            page.goto(f"{address}document/{document.doc_id}")
            _compare(found, "title", [document.title], page.locator("h1 bdi").all_inner_texts())
            headings = [part for section in document.sections for part in section.path]
            _compare(found, "heading", headings, page.locator("article :is(h2, h3) bdi").all_inner_texts())
            _compare(found, "text", [_last(document)], page.locator("article p.body").all_inner_texts())


def read_list(browser: Any, address: str, library: qa.Library, wrong: list[str], found: Found) -> None:
    """The list of documents, with file names."""
    documents = library.documents()
    with opened(browser, address, wrong) as page:
        page.get_by_role("tab", name="Documents").click()
        page.locator(".documents li").nth(len(documents) - 1).wait_for()
        shown = page.locator(".documents li a bdi").all_inner_texts()
        _compare(found, "title in the list", [document.title for document in documents], shown)
        shown = page.locator(".documents li .quiet bdi:last-child").all_inner_texts()
        _compare(found, "file name", [document.source for document in documents], shown)


def read_conversations(
    browser: Any, address: str, library: qa.Library, strings: Sequence[str], *, wrong: list[str], found: Found
) -> None:
    """The list of conversations, each named by a string, in batches of the list's length."""
    conversations = Conversations(library.path / FILE)
    answer = library.ask("What does interleukin say?").to_dict()
    for first in range(0, len(strings), LISTED):
        batch = strings[first : first + LISTED]
        for text in reversed(batch):
            conversations.rename(conversations.keep(answer).conversation, text)
        with opened(browser, address, wrong) as page:
            page.get_by_role("tab", name="History").click()
            page.locator(".conversations li").nth(len(batch) - 1).wait_for()
            shown = page.locator(".conversations bdi").all_inner_texts()[: len(batch)]
            _compare(found, "conversation", map(name, batch), shown)


def _compare(found: Found, place: str, wanted: Iterable[str | None], shown: Iterable[str]) -> None:
    found.setdefault(place, []).extend(zip(map(str, wanted), shown, strict=True))


def kept_as_written(library: qa.Library, strings: Sequence[str]) -> list[tuple[str, str]]:
    """The expected and the read title, heading and sentence of every document."""
    pairs = []
    for document in library.documents():
        number = int(document.source[:4])
        text = in_xml(strings[number])
        pairs.append((one_line(text), document.title or ""))
        pairs.append((one_line(f"A {text} Z"), document.sections[-1].path[-1]))
        pairs.append((one_line(f"Interleukin number{number} says {text} and more."), _last(document)))
    return pairs


def _last(document: Document) -> str:
    """The text of the last section, which holds the sentence."""
    last = document.sections[-1]
    return document.text[last.start : last.end].strip("\n")


def measure(strings: Sequence[str], say: Callable[[str], None]) -> tuple[Found, list[str]]:
    """All shown texts, and what else the page did."""
    found: Found = {}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as temporary, chromium() as browser:
        folder = Path(temporary)
        (folder / "texts").mkdir()
        paths = write_articles(folder / "texts", strings)
        with qa.open(folder / "one", encoder=WordEncoder()) as library:
            (folder / "one.txt").write_text("The heart pumps blood.", "utf-8")
            library.add([folder / "one.txt"])
            with running(library) as address:
                ask_all(browser, address, strings, wrong, found)
                say("asked")
        with qa.open(folder / "library", encoder=WordEncoder()) as library:
            library.add(paths)
            found["what was read"] = kept_as_written(library, strings)
            say("added")
            with running(library) as address:
                for read in (read_answers, read_documents, read_list):
                    read(browser, address, library, wrong, found)
                    say(read.__name__)
                read_conversations(browser, address, library, strings, wrong=wrong, found=found)
    return found, wrong


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=1_000)
    options.add_argument("--seed", type=int, default=20_261_121)
    options.add_argument("--show", type=int, default=3, help="how many of those that differ to print")
    given = options.parse_args()
    read_in_this_process()
    strings = torture_strings(given.count, given.seed)
    found, wrong = measure(strings, lambda text: print(text, file=sys.stderr, flush=True))
    print(f"{len(strings)} strings, {len(set(''.join(strings))):,} different characters, seed {given.seed}")
    print("| place | shown | not as it is |\n|---|---|---|")
    differing = 0
    for place, pairs in found.items():
        differ = [pair for pair in pairs if pair[0] != pair[1]]
        differing += len(differ)
        print(f"| {place} | {len(pairs):,} | {len(differ)} |")
        for wanted, shown in differ[: given.show]:
            print(f"  wanted {wanted!a}\n  shown  {shown!a}")
    for what, times in Counter(wrong).most_common(given.show):
        print(f"wrong, {times} times: {what[:200]}")
    print(f"run, loaded from elsewhere or complained of: {len(wrong)}")
    return 1 if differing or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
