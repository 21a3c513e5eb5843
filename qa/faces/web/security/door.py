"""Access control before every request: who may come in, from where and how often."""

import hashlib
import hmac
import secrets
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.faces.web.chat.uploads import PATH as UPLOADS
from qa.faces.web.rendering import render
from qa.faces.web.security.access import LOOPBACK, Access
from qa.faces.web.security.limits import Guesses, TokenBucket, counted
from qa.faces.web.security.refusals import is_read_by_people

_ASKING_PATHS = ("/api/", "/compare")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_READING_METHODS = ("GET", "HEAD")
_SAME_SITE = ("same-origin", "none")
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""For the login page, which contains its style and a field for the key."""

_NEEDS_KEY = "this page needs its key: open the address that 'qa serve' printed, or send 'Authorization: Bearer KEY'."
_NEEDS_LOGIN = "this page needs a login: give the name and the password."
_WRONG_KEY = "this is not the key; open the address that 'qa serve' printed when it was last started."
_WRONG_LOGIN = "this is not the name and password of this page; give them again."
_TOO_MANY = "too many wrong keys or passwords; wait a little."


@dataclass(frozen=True, slots=True)
class Given:
    """The digest of the key or login in a request. Comparing digests takes the same time for any input."""

    digest: bytes
    name: str = ""


class Door:
    """ASGI middleware that refuses clients without access.

    A request for a host name not in ``access`` is refused: another site may have pointed that name at this machine. A
    change that another site requests is refused too. A client that gives the key, or name and password (HTTP Basic),
    gets a cookie that identifies it from then on. ``asking`` limits each client's requests outside the chat page.
    ``guesses`` limits wrong keys and passwords: after too many, even the right one is refused, or all could be tried.
    Others' guesses do not lock out clients with the cookie.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Access | None = None,
        asking: TokenBucket | None = None,
        guesses: Guesses | None = None,
    ) -> None:
        self._app, self._access = app, access or Access()
        self._hosts = {*self._access.hosts, *LOOPBACK} if self._access.hosts else None
        self._wanted = _wanted(self._access)
        self._ticket = secrets.token_urlsafe(32)
        self._asking, self._guesses = asking or TokenBucket(120, 60), guesses or Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = self._misdirected(request) or self._unknown(request) or self._hasty(request)
        if self._wanted and not refusal and not self._has_ticket(request):
            send = self._handing_ticket(request, send)
        await (refusal or self._app)(_without_key(scope), receive, send)

    def _misdirected(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if self._hosts is not None and _hostname(host) not in self._hosts:
            return _refused(request, 421, "this page is not served under that name; use the address of 'qa serve'.")
        if request.method not in _SAFE_METHODS and _is_from_elsewhere(request.headers, host):
            return _refused(request, 403, "another site asked for this; use the page itself.")
        if self._access.read_only and request.url.path == UPLOADS:
            return _refused(request, 403, "this page can be asked and read, and not changed.")
        return None

    def _unknown(self, request: Request) -> Response | None:
        """The reply to an unknown client. If it brings the key: the way to the same address without it."""
        if self._wanted is None:
            return None
        if not self._has_ticket(request) and (refusal := self._stranger(request)):
            return refusal
        if "key" in request.query_params and request.method in _READING_METHODS and is_read_by_people(request):
            return self._way_on(request)
        return None

    def _stranger(self, request: Request) -> Response | None:
        given = _given(request)
        if given is None:
            return self._asked(request, _NEEDS_LOGIN if self._access.login else _NEEDS_KEY)
        address = counted(_address(request))
        if wait := self._guesses.wait(address, given.name):
            return _refused(request, 429, _TOO_MANY, _later(wait))
        if hmac.compare_digest(given.digest, self._wanted or b""):
            return None
        self._guesses.wrong(address, given.name)
        return self._asked(request, _WRONG_LOGIN if self._access.login else _WRONG_KEY)

    def _asked(self, request: Request, sentence: str) -> Response:
        kind = "Basic" if self._access.login else "Bearer"
        challenge = {"WWW-Authenticate": f'{kind} realm="Pincite", charset="UTF-8"'}
        return _refused(request, 401, sentence, challenge, field=self._access.login is None)

    def _hasty(self, request: Request) -> Response | None:
        if request.url.path.startswith(_ASKING_PATHS) and (wait := self._asking.take(counted(_address(request)))):
            return _refused(request, 429, "too many requests; wait a little.", _later(wait))
        return None

    def _has_ticket(self, request: Request) -> bool:
        ticket = request.cookies.get(_cookie_name(request), "")
        return hmac.compare_digest(ticket.encode(), self._ticket.encode())

    def _cookie(self, request: Request) -> str:
        # Lax, because links to a sentence are opened from other sites too. Changes need more, see above.
        secure = "; Secure" if request.url.scheme == "https" else ""
        return f"{_cookie_name(request)}={self._ticket}; Path=/; HttpOnly; SameSite=Lax{secure}"

    def _way_on(self, request: Request) -> Response:
        """The same address without the key; relative, because a proxy may add a path prefix."""
        raw_path, query = request.scope["raw_path"], _query_without_key(request.scope)
        last = "./" + raw_path.decode("ascii").rpartition("/")[2]
        headers = {"Set-Cookie": self._cookie(request), "Cache-Control": "no-store"}
        return RedirectResponse(f"{last}?{query.decode('latin-1')}" if query else last, 303, headers)

    def _handing_ticket(self, request: Request, send: Send) -> Send:
        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", self._cookie(request))
            await send(message)

        return with_cookie


def _wanted(access: Access) -> bytes | None:
    if access.login:
        return _digest("Basic", ":".join(access.login).encode())
    return _digest("Bearer", access.key.encode()) if access.key else None


def _given(request: Request) -> Given | None:
    """The key in the address, or the content of the Authorization header; None if there is neither."""
    if key := request.query_params.get("key"):
        return Given(_digest("Bearer", key.encode()))
    kind, _, credentials = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return Given(_digest("Bearer", credentials.strip().encode()))
    return _login(credentials) if kind else None


def _login(credentials: str) -> Given:
    try:
        known = b64decode(credentials, validate=True)
    except ValueError:
        return Given(b"")
    return Given(_digest("Basic", known), hashlib.sha256(known.partition(b":")[0]).hexdigest())


def _digest(kind: str, secret: bytes) -> bytes:
    return hashlib.sha256(kind.encode() + b" " + secret).digest()


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _cookie_name(request: Request) -> str:
    """The cookie name includes the port, because browsers share cookies between ports of a machine."""
    try:
        port = urlsplit(f"//{request.headers.get('host', '')}").port
    except ValueError:
        port = None
    return f"pincite-{port}" if port else "pincite"


def _without_key(scope: Scope) -> Scope:
    return {**scope, "query_string": _query_without_key(scope)}


def _query_without_key(scope: Scope) -> bytes:
    return b"&".join(part for part in scope["query_string"].split(b"&") if part.partition(b"=")[0] != b"key")


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_from_elsewhere(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    elsewhere = origin is not None and origin.partition("://")[2] != host
    return elsewhere or headers.get("sec-fetch-site", "none") not in _SAME_SITE


def _later(wait: float) -> dict[str, str]:
    return {"Retry-After": str(int(wait) + 1)}


def _refused(
    request: Request, status: int, sentence: str, headers: dict[str, str] | None = None, *, field: bool = False
) -> Response:
    """One sentence: for people a page with a field for the key, for programs JSON."""
    told = {"Cache-Control": "no-store", **(headers or {})}
    if is_read_by_people(request):
        asked = [(name, value) for name, value in request.query_params.multi_items() if name != "key"]
        html = render("door.html.j2", message=sentence, field=field, asked=asked)
        return HTMLResponse(html, status, {"Content-Security-Policy": _POLICY, **told})
    return JSONResponse({"error": sentence}, status, told)
