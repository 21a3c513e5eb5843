"""The conversation as HTML: marks link to their sources, and text stays text."""

from collections.abc import Callable
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

from qa.faces.web.chat.messages import PROVED, answer_html, conversations_html, lost_message, messages, sorry_html
from qa.library import Library
from qa.proof.unproved import UNPROVED, Unproved
from qa.records import Answer
from qa.stores.conversations.store import Conversation, Turn
from tests.support.models import WordEncoder

ANSWERED = "What limits the use of high-dose IL-2?"
REFUSED = "Who painted the Mona Lisa?"
HOSTILE = (
    "Interleukin <script>alert(1)</script> ${x} **bold** $$y$$ <img src=x onerror=alert(2)> limits & kills IL-2 <IL-10."
)


class Tags(HTMLParser):
    """What a browser would see: the tags and the link targets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [str(value) for name, value in attributes if name == "href"]


def turn(answer: Answer) -> Turn:
    return Turn("t1", "c1", "2026-01-01T00:00:00+00:00", answer.to_dict())


def test_every_mark_and_every_source_leads_to_its_place(library: Library) -> None:
    links = Tags(answer_html(turn(library.ask(ANSWERED, threshold=0.0)))).links
    marks, sources = (1, 2, 4, 3), (1, 2, 3, 4)  # 4 is the context of the third sentence and comes first
    wanted = [f"answers/t1/{number}#quote" for number in (*marks, *sources)]
    assert [link for link in links if "#quote" in link] == wanted


def test_how_surely_each_sentence_answers_is_said(library: Library) -> None:
    answer = library.ask(ANSWERED, threshold=0.0)
    first, *others = (
        replace(one, support=share) for one, share in zip(answer.sentences, (0.75, 0.5, 0.64), strict=True)
    )
    told = replace(answer, sentences=(first, *others), confidence=0.75)
    assert "Confidence 0.75 (of the sentences: 0.75, 0.50, 0.64)" in answer_html(turn(told))
    assert "Confidence 0.75</p>" in answer_html(turn(replace(told, sentences=(first,))))
    assert "No confidence is known with these models</p>" in answer_html(turn(answer.without_confidence()))
    older = turn(told)
    for sentence in older.answer["sentences"]:
        del sentence["support"]
    assert "Confidence 0.75</p>" in answer_html(older)


def test_an_abstention_says_why_and_leads_to_what_is_nearest(library: Library) -> None:
    answer = library.ask(REFUSED)
    html = answer_html(turn(answer))
    assert "Mona Lisa does not occur in these documents." in html
    assert "What the question asks about does not occur in the documents." in html
    nearest = [
        f"document/{h.passage.doc_id}?start={h.passage.start}&end={h.passage.end}#quote" for h in answer.hits[:3]
    ]
    assert [link for link in Tags(html).links if "#quote" in link] == nearest
    assert "<blockquote>" not in html


def test_what_a_sentence_leans_on_stands_before_it_with_its_mark(library: Library) -> None:
    form = library.ask(ANSWERED, threshold=0.0).to_dict()
    form["sentences"] = [form["sentences"][0] | {"context": [2]}]
    quote = form["citations"][1]["quote"]
    html = answer_html(Turn("t1", "c1", "", form))
    assert f'<span class="before"><bdi>{escape(quote)}</bdi> <a class="mark" href="answers/t1/2#quote"' in html


def test_what_was_understood_is_said(library: Library) -> None:
    answer = replace(library.ask(ANSWERED), query={"corrections": {"cytokins": "cytokines"}})
    assert "Searched for cytokines (typed: cytokins)." in answer_html(turn(answer))


def test_what_is_not_proved_says_so_beside_itself(library: Library) -> None:
    answered = turn(library.ask(ANSWERED, threshold=0.0))
    assert UNPROVED not in answer_html(answered)
    html = answer_html(answered, Unproved(sentences=frozenset({0}), citations=frozenset({1})))
    before, after = html.split("</blockquote>", 1)
    assert before.count(UNPROVED) == 1
    assert after.count(UNPROVED) == 1
    refused = turn(library.ask(REFUSED))
    assert answer_html(refused, Unproved(hits=frozenset({2, 9}))).count(UNPROVED) == 1


def test_what_is_no_answer_is_not_shown_and_not_fatal(library: Library) -> None:
    form = library.ask(ANSWERED).to_dict()
    for broken in ({"question": "What?"}, form | {"citations": None}, form | {"sentences": [{}]}, form | {"hits": "x"}):
        asked, replied = messages([Turn("t1", "c1", "", broken)], library_doubts(library))
        assert str(broken["question"]) in unescape(asked["content"])
        assert "not in the form of an answer" in replied["content"]


def library_doubts(library: Library) -> Callable[[Turn], Unproved]:
    return lambda turn: library.proofs.unproved(turn.answer)


def test_damaged_answers_are_counted() -> None:
    assert lost_message(0) == []
    assert "1 answer of this conversation was damaged" in lost_message(1)[0]["content"]
    assert "2 answers of this conversation were damaged" in lost_message(2)[0]["content"]


def test_the_list_leads_to_all_conversations_and_names_what_was_damaged() -> None:
    kept = [Conversation("c1", "On IL-2", "", 1)]
    assert "All " not in conversations_html(kept, None, 1)
    html = conversations_html(kept, None, 31, ["conversations.damaged.sqlite"])
    assert '<a href="conversations">All 31 conversations</a>' in html
    assert "conversations.damaged.sqlite" in html


def test_hostile_text_stays_text_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "hostile.txt").write_text(HOSTILE)
    (tmp_path / "sources.toml").write_text(f"[[source]]\nfile = 'hostile.txt'\ntitle = '''{HOSTILE}'''")
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([tmp_path / "hostile.txt"])
        answer = library.ask(f"What does interleukin limit? {HOSTILE}", threshold=0.0)
    said = [message["content"] for message in messages([turn(answer)], lambda _: PROVED)]
    said += [sorry_html(HOSTILE), conversations_html([Conversation("c1", HOSTILE, "", 1)], "c1")]
    for html in said:
        assert not Tags(html).tags & {"script", "img"}
        assert "\n" not in html
        assert HOSTILE in unescape(html)
