"""Access by key, by name and password, or by the cookie that either sets; from which hosts, and how often."""

import re
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from qa.faces.web.security.access import Access
from qa.faces.web.security.door import Door
from qa.faces.web.security.guards import SecurityHeaders
from qa.faces.web.security.limits import Guesses, TokenBucket
from qa.faces.web.security.proxies import Forwarded

KEY = "a key of more than sixteen".replace(" ", "-")
HTML = {"accept": "text/html,*/*"}
SITE = "http://127.0.0.1:7860"


def client(site: str = SITE, *, address: str = "127.0.0.1", **options: Any) -> TestClient:
    limits = {name: options.pop(name) for name in ("asking", "guesses") if name in options}
    app = FastAPI()
    app.add_middleware(Door, access=Access(**options), **limits)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Forwarded, proxies=options.get("proxies", ()))
    app.add_api_route("/api/x", lambda: "in", methods=["GET", "POST"])
    app.add_api_route("/deep/page", lambda: "in")
    app.add_api_route("/seen", seen)
    app.add_api_route("/", lambda: "in")
    return TestClient(app, base_url=site, client=(address, 50_000), follow_redirects=False)


def seen(request: Request) -> dict[str, Any]:
    assert request.client
    return {"client": request.client.host, "url": str(request.url), "headers": sorted(request.headers)}


def test_nobody_comes_in_without_the_key() -> None:
    with client(key=KEY) as served:
        for path in ("/", "/api/x", "/deep/page", "/nowhere"):
            told = served.get(path)
            assert (told.status_code, set(told.json())) == (401, {"error"})
            assert "Authorization: Bearer KEY" in told.json()["error"]
            assert told.headers["www-authenticate"].startswith("Bearer ")
        page = served.get("/", headers=HTML)
        assert (page.status_code, page.headers["content-type"]) == (401, "text/html; charset=utf-8")
        assert "open the address that &#39;qa serve&#39; printed" in page.text
        assert "script" not in page.headers["content-security-policy"]
        assert not served.cookies


def test_the_key_is_exchanged_for_a_cookie_and_leaves_the_address() -> None:
    with client(key=KEY) as served:
        sent_on = served.get(f"/deep/page?a=1&key={KEY}&b=%2F", headers=HTML)
        assert (sent_on.status_code, sent_on.headers["location"]) == (303, "./page?a=1&b=%2F")
        assert sent_on.headers["cache-control"] == "no-store"
        name, *attributes = sent_on.headers["set-cookie"].split("; ")
        assert re.fullmatch(r"pincite-7860=[\w-]{43}", name)
        assert KEY not in name
        assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax"]
        assert served.get("/").text == '"in"'
        assert served.post("/api/x").status_code == 200
        again = served.get(f"/?key={KEY}", headers=HTML)  # the printed address a second time
        assert (again.status_code, again.headers["location"]) == (303, "./")


def test_the_form_for_the_key_keeps_what_was_asked_for() -> None:
    with client(key=KEY) as served:
        page = served.get("/deep/page?question=a%22b&document=1&document=2&key=wrong", headers=HTML).text
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    assert fields == [("question", "a&#34;b"), ("document", "1"), ("document", "2")]


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example", "/%2F/evil.example/..", "/a:b", "/é"])
def test_the_way_on_never_leads_elsewhere(path: str) -> None:
    with client(key=KEY) as served:
        location = served.get(f"{SITE}{path}?key={KEY}", headers=HTML).headers["location"]
        assert location.startswith("./")
        assert "//" not in location


def test_the_cookie_is_for_tls_alone_where_there_is_tls_and_of_its_port() -> None:
    with client("https://pincite.example.org", key=KEY, hosts=("pincite.example.org",)) as served:
        cookie = served.get(f"/?key={KEY}", headers=HTML).headers["set-cookie"]
        assert cookie.startswith("pincite=")
        assert cookie.endswith("; SameSite=Lax; Secure")


def test_programs_send_the_key_with_each_request() -> None:
    with client(key=KEY) as served:
        for _ in range(2):
            assert served.post("/api/x", headers={"authorization": f"Bearer {KEY}"}).status_code == 200
            served.cookies.clear()
        assert served.get(f"/api/x?key={KEY}").status_code == 200
        served.cookies.clear()
        assert served.get(f"/seen?key={KEY}&a=1").json()["url"] == f"{SITE}/seen?a=1"


@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"key": KEY[:-1]}},
        {"params": {"key": KEY + "x"}},
        {"params": {"key": "é"}},
        {"headers": {"authorization": "Bearer x"}},
        {"headers": {"authorization": f"Basic {KEY}"}},
        {"headers": {"authorization": KEY}},
        {"headers": {"cookie": f"pincite-7860={KEY}"}},
        {"headers": {"cookie": "pincite-7860="}},
        {"headers": {"cookie": b"pincite-7860=\xff"}},
    ],
)
def test_nothing_but_the_key_is_the_key(sent: dict[str, Any]) -> None:
    with client(key=KEY) as served:
        assert served.get("/", **sent).status_code == 401


def test_no_other_text_is_the_key() -> None:
    endless = Guesses(TokenBucket(10_000, 1), TokenBucket(10_000, 1))
    with client(key=KEY, guesses=endless) as served:

        @given(st.text())
        def tried(text: str) -> None:
            if text != KEY:
                assert served.get("/", params={"key": text}).status_code == 401

        tried()


def test_another_servers_cookie_is_none_here() -> None:
    with client(key=KEY) as one, client(key=KEY) as other:
        one.get(f"/?key={KEY}")
        (cookie,) = one.cookies.jar
        assert one.get("/").status_code == 200
        assert other.get("/", headers={"cookie": f"{cookie.name}={cookie.value}"}).status_code == 401


def test_keys_cannot_be_tried_without_end(now: list[float]) -> None:
    with client(key=KEY) as served:
        statuses = [served.get("/", headers={"authorization": f"Bearer {n}"}).status_code for n in range(300)]
        assert statuses == [401] * 20 + [429] * 280
        assert served.get(f"/?key={KEY}").status_code == 429
        now[0] += 12
        assert served.get(f"/?key={KEY}").status_code == 200


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [100.0]
    monkeypatch.setattr("qa.faces.web.security.limits.time.monotonic", lambda: clock[0])
    return clock


def test_a_client_that_asks_too_often_is_told_when_to_come_again(now: list[float]) -> None:
    with client(asking=TokenBucket(1, 60)) as served:
        assert served.get("/api/x").status_code == 200
        refused = served.get("/api/x")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "61")
        assert served.get("/").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:7860", "my.host"])
def test_known_hosts_come_in(host: str) -> None:
    with client(hosts=("my.host",)) as served:
        assert served.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::1", "", "my.host:port"])
def test_a_name_that_another_site_gave_this_machine_does_not(host: str) -> None:
    with client(hosts=("127.0.0.1",), key=KEY) as served:
        refused = served.get("/", headers={"host": host, "authorization": f"Bearer {KEY}"})
        assert refused.status_code == 421
        assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": SITE, "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(headers: dict[str, str], status: int) -> None:
    with client() as served:
        assert served.post("/api/x", headers=headers).status_code == status


LOGIN = ("ada", "pass:wörd of ada")
BASIC: Any = (LOGIN[0], LOGIN[1].encode())


def test_a_login_is_asked_for_everywhere_in_place_of_the_key(now: list[float]) -> None:
    with client(login=LOGIN, key=KEY) as served:
        refused = served.get("/", headers=HTML)
        assert (refused.status_code, refused.headers["www-authenticate"][:5]) == (401, "Basic")
        assert "give the name and the password" in refused.text
        assert served.get("/", auth=("ada", "wrong")).status_code == 401
        assert served.get("/", headers={"authorization": "Basic #"}).status_code == 401
        assert served.get("/", headers={"authorization": f"Bearer {KEY}"}).status_code == 401
        assert served.get("/", auth=BASIC).status_code == 200
        assert served.get("/").status_code == 200  # by the cookie
        served.cookies.clear()
        assert served.get("/").status_code == 401


def test_passwords_cannot_be_tried_without_end(now: list[float]) -> None:
    with client(login=LOGIN) as served:
        statuses = [served.get("/", auth=("ada", str(n))).status_code for n in range(300)]
        assert statuses == [401] * 20 + [429] * 280
        assert served.get("/", auth=BASIC).status_code == 429
        now[0] += 12
        assert served.get("/", auth=BASIC).status_code == 200


def test_five_wrong_passwords_keep_nobody_out_who_knows_the_right_one(now: list[float]) -> None:
    with client(login=LOGIN) as served:
        assert {served.get("/", auth=("ada", str(n))).status_code for n in range(5)} == {401}
        assert served.get("/", auth=BASIC).status_code == 200


def test_who_is_in_stays_in_whatever_others_behind_the_same_address_guess(now: list[float]) -> None:
    with client(login=LOGIN) as served:
        known = {"cookie": served.get("/", auth=BASIC).headers["set-cookie"].partition(";")[0]}
        served.cookies.clear()
        assert [served.get("/", auth=("ada", str(n))).status_code for n in range(30)][-1] == 429
        assert served.get("/", headers=known).status_code == 200


def test_a_name_cannot_be_tried_from_many_addresses_without_end(now: list[float]) -> None:
    proxies = ("127.0.0.1",)
    guesses = Guesses(by_name=TokenBucket(10, 60))
    with client(login=LOGIN, proxies=proxies, guesses=guesses) as served:
        froms = [{"x-forwarded-for": f"192.0.2.{n}"} for n in range(12)]
        statuses = [served.get("/", auth=("ada", "?"), headers=at).status_code for at in froms]
        assert statuses == [401] * 10 + [429] * 2
        assert served.get("/", auth=("bob", "?"), headers=froms[0]).status_code == 401


def test_nobody_is_believed_who_says_for_whom_it_asks(now: list[float]) -> None:
    with client(login=LOGIN) as served:
        forged = [{"x-forwarded-for": f"192.0.2.{n}"} for n in range(40)]
        statuses = [served.get("/", auth=("ada", str(n)), headers=at).status_code for n, at in enumerate(forged)]
        assert statuses == [401] * 20 + [429] * 20


FORGED = {
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "x-real-ip": "203.0.113.9",
    "forwarded": "for=203.0.113.9",
}


def test_only_a_named_proxy_is_believed_and_what_it_said_goes_no_further() -> None:
    with client() as served:
        plain, forged = (served.get("/seen", headers=headers).json() for headers in ({}, FORGED))
        assert forged == plain
        assert plain["client"] == "127.0.0.1"
    with client(proxies=("10.0.0.0/8",), address="10.1.2.3") as served:
        known = served.get("/seen", headers=FORGED).json()
        assert (known["client"], known["url"]) == ("203.0.113.9", "https://127.0.0.1:7860/seen")
        assert known["headers"] == plain["headers"]
        chain = {"x-forwarded-for": "203.0.113.9, 198.51.100.7, 10.9.9.9"}  # the client itself sent the first
        assert served.get("/seen", headers=chain).json()["client"] == "198.51.100.7"
