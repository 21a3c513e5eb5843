"""Who may come in: keys, logins, host names and proxies, as given to 'qa serve'."""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from qa.errors import QAError

Login = tuple[str, str]
"""A name and its password."""

MIN_PASSWORD = 10
MIN_KEY = 16
"""The fewest characters of a chosen key; a random one has 43."""

_KEY = re.compile(r"[!-~]+")
_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in. Without ``key`` and ``login``, everybody.

    ``hosts`` are the allowed names of the page besides this machine's own; if empty, any name. ``proxies`` are
    addresses or networks whose word about their clients is trusted. If ``read_only``, visitors may ask, search and
    read, but change nothing.
    """

    key: str | None = field(default=None, repr=False)
    login: Login | None = field(default=None, repr=False)
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    read_only: bool = False


def access_to(
    host: str,
    *,
    user: str | None = None,
    no_key: bool = False,
    proxies: Sequence[str] = (),
    names: Sequence[str] = (),
    read_only: bool = False,
    ask: Callable[[str], str],
) -> Access:
    """The Access to a page at ``host``. ``ask`` gets a user's password. QAError if the settings are not safe.

    A key or password in the environment is removed from it, so that later processes do not get it.
    """
    key, password = os.environ.pop("PINCITE_KEY", None), os.environ.pop("PINCITE_PASSWORD", None)
    check_host(host, user)
    _check_no_key(no_key, user, here=is_loopback(host) and not proxies and not names)
    known = tuple(_name(name) for name in names)
    hosts = (host, *known) if is_loopback(host) or known else ()
    login = (_user(user), _password(password or ask(user))) if user else None
    return Access(None if user or no_key else _key(key), login, hosts, tuple(map(_proxy, proxies)), read_only)


def check_host(host: str, user: str | None) -> None:
    """QAError if the page would be open to other machines without a login."""
    if not is_loopback(host) and not user:
        raise QAError(f"{host} can be reached from other machines; name who may come in with --user NAME.")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached only from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_no_key(no_key: bool, user: str | None, here: bool) -> None:
    if no_key and user:
        raise QAError("--no-key lets everybody in and --user does not; leave one of them out.")
    if no_key and not here:
        raise QAError("--no-key is for this machine alone; leave it out where others can reach the page.")


def _key(chosen: str | None) -> str:
    if not chosen:
        return secrets.token_urlsafe(32)
    if len(chosen) < MIN_KEY or not _KEY.fullmatch(chosen):
        raise QAError(f"PINCITE_KEY must have at least {MIN_KEY} characters, ASCII and no spaces; choose another.")
    return chosen


def _user(user: str) -> str:
    if ":" in user:
        raise QAError("the name of --user cannot have a colon; choose another.")
    return user


def _password(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise QAError(f"the password must have at least {MIN_PASSWORD} characters; choose a longer one.")
    return password


def _proxy(proxy: str) -> str:
    try:
        return str(ipaddress.ip_network(proxy))
    except ValueError as error:
        raise QAError(f"--proxy {proxy} is no address and no network; give one such as 127.0.0.1.") from error


def _name(name: str) -> str:
    if not _NAME.fullmatch(name.lower()):
        raise QAError(f"--name {name} is no name of a host; give one such as pincite.example.org.")
    return name.lower()
