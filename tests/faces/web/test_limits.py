"""The rate limit of each client."""

import pytest

from qa.faces.web.security.limits import Guesses, TokenBucket, counted


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [100.0]
    monkeypatch.setattr("qa.faces.web.security.limits.time.monotonic", lambda: clock[0])
    return clock


def test_a_bucket_gives_what_it_holds_and_fills_again(now: list[float]) -> None:
    bucket = TokenBucket(2, 10)
    assert [bucket.take("a"), bucket.take("a"), bucket.take("b")] == [0, 0, 0]
    assert bucket.take("a") == pytest.approx(5)
    now[0] += 5
    assert [bucket.take("a"), bucket.take("a") > 0] == [0, True]


def test_a_bucket_forgets_clients_that_stayed_away(monkeypatch: pytest.MonkeyPatch, now: list[float]) -> None:
    monkeypatch.setattr("qa.faces.web.security.limits._MAX_CLIENTS", 3)
    bucket = TokenBucket(1, 60)
    for name in "abcd":
        bucket.take(name)
    assert [bucket.take("d") > 0, bucket.take("a")] == [True, 0]


def test_guesses_are_counted_by_address_and_by_name(now: list[float]) -> None:
    guesses = Guesses(TokenBucket(2, 20), TokenBucket(3, 60))
    for address in ("one", "one", "two"):
        assert guesses.wait(address, "ada") == 0
        guesses.wrong(address, "ada")
    assert [guesses.wait("one", "bob"), guesses.wait("three", "ada"), guesses.wait("three", "bob")] == [10, 20, 0]


@pytest.mark.parametrize(
    ("address", "by"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("x" * 100, "x" * 64),
    ],
)
def test_a_client_is_counted_by_what_it_cannot_change_at_will(address: str, by: str) -> None:
    assert counted(address) == by
