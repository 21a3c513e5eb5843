"""The report on the page: as saved, and nothing in it runs. Without a report, the page says how to make one."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from qa.faces.web.application import plain_application
from qa.faces.web.chat.shelf import shelf
from qa.library import Library
from qa.stores import kept_report
from qa.stores.conversations.store import FILE, Conversations
from qa.stores.kept_report import REPORT


@pytest.fixture
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(plain_application(library, Conversations(library.path / FILE))) as client:
        yield client


def test_without_a_report_there_is_no_link_and_the_page_says_how_to_make_one(
    client: TestClient, library: Library
) -> None:
    reply = client.get("/report")
    assert (reply.status_code, "qa eval QUESTIONS.jsonl" in reply.text) == (404, True)
    assert str(library.path) not in reply.text
    assert 'href="report"' not in shelf(library).table


def test_the_report_is_shown_as_it_was_kept_last(client: TestClient, library: Library) -> None:
    (library.path / REPORT).parent.mkdir()
    for text in ("<p>Müller</p>", "<p>later</p>"):
        (library.path / REPORT).write_text(text, "utf-8")
        kept_report.seal(library.path)
        reply = client.get("/report")
        assert (reply.status_code, reply.text) == (200, text)
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 'href="report"' in shelf(library).table


@pytest.mark.parametrize("name", ["report.html", "results.json", kept_report.SUMS])
def test_a_report_that_was_altered_is_not_shown_and_a_check_says_so(
    client: TestClient, library: Library, name: str
) -> None:
    folder = (library.path / REPORT).parent
    folder.mkdir()
    for file in kept_report.FILES:
        (folder / file).write_text("recall 0.91")
    kept_report.seal(library.path)
    assert (client.get("/report").status_code, library.check().missing) == (200, ())
    whole = (folder / name).read_bytes()
    for damaged in (whole.replace(b"9", b"8"), whole[:3], None):
        (folder / name).unlink() if damaged is None else (folder / name).write_bytes(damaged)
        reply = client.get("/report")
        assert (reply.status_code, "is damaged" in reply.text) == (404, True)
        (found,) = library.check().missing
        assert found.startswith("the report of the last evaluation: ")
        (folder / name).write_bytes(whole)


def test_the_report_may_have_a_style_and_no_script_and_load_nothing(client: TestClient) -> None:
    policy = client.get("/report").headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "style-src 'self' 'unsafe-inline'", "base-uri 'none'"} <= set(policy)
    assert not [rule for rule in policy if rule.startswith("script-src") or "http" in rule]


def test_nothing_beside_the_report_is_shown(client: TestClient, library: Library) -> None:
    (library.path / REPORT).parent.mkdir()
    (library.path / REPORT).with_name("results.json").write_text("{}")
    assert client.get("/report/results.json").status_code == 404
