"""The options of 'qa serve' that say who may use it."""

import os
from typing import Any

import pytest

from qa.errors import QAError
from qa.faces.cli.main import run
from qa.faces.cli.options import MISTAKE
from qa.faces.web.security.access import Access, access_to, check_host, is_loopback
from qa.faces.web.serving import address

HERE = "127.0.0.1"
PASSWORD = "ten letters"


def granted(host: str = HERE, **options: Any) -> Access:
    return access_to(host, ask=lambda user: f"{PASSWORD} of {user}", **options)


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.1", False)]
)
def test_only_this_machine_is_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here
    check_host(host, "ada")


def test_a_key_is_needed_on_this_machine_too_and_is_another_each_time() -> None:
    one, other = granted(), granted()
    assert one.key != other.key
    assert len(one.key or "") == 43
    assert one.hosts == (HERE,)
    assert str(one.key) not in repr(one)
    assert granted(no_key=True).key is None


def test_a_key_may_be_chosen_and_stays_in_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_KEY", "sixteen-letters/")
    monkeypatch.setenv("PINCITE_PASSWORD", "never taken")
    access = granted()
    assert address("http://127.0.0.1:7860", access.key) == "http://127.0.0.1:7860/?key=sixteen-letters%2F"
    assert not {"PINCITE_KEY", "PINCITE_PASSWORD"} & os.environ.keys()


def test_a_login_stands_in_place_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert granted("0.0.0.0", user="ada") == Access(login=("ada", f"{PASSWORD} of ada"))
    monkeypatch.setenv("PINCITE_PASSWORD", "of the environment")
    access = granted(user="ada")
    assert (access.key, access.login) == (None, ("ada", "of the environment"))
    assert "of the environment" not in repr(access)


def test_names_and_proxies_are_taken_as_they_are_compared() -> None:
    access = granted(names=["Pincite.Example.ORG"], proxies=["127.0.0.1", "10.0.0.0/8", "::1"])
    assert access.hosts == (HERE, "pincite.example.org")
    assert access.proxies == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")
    assert granted("0.0.0.0", user="ada", names=["pincite.example.org"]).hosts == ("0.0.0.0", "pincite.example.org")


@pytest.mark.parametrize(
    ("options", "environment", "told"),
    [
        ({"host": "0.0.0.0"}, {}, "--user NAME"),
        ({"host": "0.0.0.0", "no_key": True}, {}, "--user NAME"),
        ({"user": "ada", "no_key": True}, {}, "leave one of them out"),
        ({"no_key": True, "proxies": ["127.0.0.1"]}, {}, "--no-key is for this machine alone"),
        ({"no_key": True, "names": ["pincite.example.org"]}, {}, "--no-key is for this machine alone"),
        ({}, {"PINCITE_KEY": "fifteen letters"}, "at least 16 characters"),
        ({}, {"PINCITE_KEY": "sixteen letters, "}, "no spaces"),
        ({"user": "ada"}, {"PINCITE_PASSWORD": "nine or so"[:9]}, "at least 10 characters"),
        ({"user": "a:da"}, {}, "colon"),
        ({"proxies": ["nginx"]}, {}, "no address and no network"),
        ({"proxies": ["10.0.0.1/8"]}, {}, "no address and no network"),
        ({"names": ["https://pincite.example.org"]}, {}, "no name of a host"),
    ],
)
def test_what_is_not_safe_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], environment: dict[str, str], told: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(QAError, match=told):
        granted(**options)


def test_a_mistake_ends_in_one_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["serve", "--host", "0.0.0.0"]) == MISTAKE
    assert "--user NAME" in capsys.readouterr().err
    monkeypatch.setenv("PINCITE_PASSWORD", "short")
    assert run(["serve", "--user", "ada"]) == MISTAKE
    assert capsys.readouterr().err == "qa: the password must have at least 10 characters; choose a longer one.\n"
