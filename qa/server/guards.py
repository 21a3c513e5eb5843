"""What stands before every request: who may come in, from where, how often; and what a page may load and run."""

import hashlib
import hmac
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PLAIN = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
}
# A report is one file that can be sent alone, with its style in it.
_REPORT = {**_PLAIN, "style-src": "'self' 'unsafe-inline'"}
# Gradio writes styles into its page, so these cannot be forbidden there. Its scripts are known by their hashes.
_CHAT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
_INLINE = re.compile(rb"<script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_PDF = {"default-src": "'none'", "frame-ancestors": "'self'", "sandbox": ""}  # under which a browser's viewer opens it
_PDF_PATH = "/original.pdf"
_PLAIN_PATHS = ("/document/", "/answers/", "/conversations/", "/api/", "/page/", "/compare")
_ASKING_PATHS = ("/api/", "/compare")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_SAME_SITE = ("same-origin", "none")
_MAX_CLIENTS = 10_000


def policy(path: str, html: bytes = b"") -> str:
    """The Content-Security-Policy of what is served at a path; of ``html``, the scripts in it may run, and no other."""
    rules: Mapping[str, str] = _PLAIN
    if path.startswith("/document/") and path.endswith(_PDF_PATH):
        rules = _PDF
    elif path == "/report":
        rules = _REPORT
    elif not path.startswith(_PLAIN_PATHS):
        rules = _CHAT | {"script-src": " ".join([_CHAT["script-src"], *map(_script_hash, _INLINE.findall(html))])}
    return "; ".join(f"{name} {value}".strip() for name, value in rules.items())


def _script_hash(script: bytes) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(script).digest()).decode()}'"


class SecurityHeaders:
    """ASGI middleware that adds the security headers to every response.

    The chat page is held until it is whole, as the hashes of its scripts stand in the headers. They are those of the
    page as it was made: a script that gets into it later, by whatever way a document's text may find, does not run.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: Message | None = None
        html = b""

        async def with_headers(message: Message) -> None:
            nonlocal held, html
            if message["type"] == "http.response.start" and _is_chat_page(scope["path"], message):
                held = message
                return
            if held:
                html += message.get("body", b"")
                if message.get("more_body"):
                    return
                await send(_secured(held, policy(scope["path"], html)))
                held, message = None, {**message, "body": html}
            elif message["type"] == "http.response.start":
                message = _secured(message, policy(scope["path"]))
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _is_chat_page(path: str, start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return kind.startswith("text/html") and not path.startswith(_PLAIN_PATHS)


def _secured(start: Message, rules: str) -> Message:
    headers = MutableHeaders(scope=start)
    headers["Content-Security-Policy"] = rules
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return start


class TokenBucket:
    """How often each client may: ``count`` times at once, and as often again over ``seconds``."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._rate = count, count / seconds
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """0 if the client may now; else the seconds until it may."""
        return max(0.0, (1 - self._now_left(client)) / self._rate)

    def take(self, client: str) -> float:
        """The same, and if it may, it has."""
        wait, left = self.wait(client), self._now_left(client)
        self._left.pop(client, None)
        self._left[client] = (left - (wait == 0), time.monotonic())
        while len(self._left) > _MAX_CLIENTS:  # the client that has been away the longest stands first
            self._left.pop(next(iter(self._left)))
        return wait

    def _now_left(self, client: str) -> float:
        left, then = self._left.get(client, (float(self._count), time.monotonic()))
        return min(self._count, left + (time.monotonic() - then) * self._rate)


class Door:
    """ASGI middleware that turns away whoever may not come in.

    A host that is not one of ``hosts`` (none: any) is another site that was given this machine's address; a change that
    another site asks for is not the reader's. With a ``login``, name and password are asked for (HTTP Basic).
    ``asking`` limits how often each client may ask something outside of the chat page, ``trying`` how often it may give
    a wrong password; after too many the right one does not help either, or else all could be tried.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str] = (),
        login: tuple[str, str] | None = None,
        asking: TokenBucket | None = None,
        trying: TokenBucket | None = None,
    ) -> None:
        self._app = app
        self._hosts = {*hosts, *_LOOPBACK} if hosts else None
        self._login = _digest(f"{login[0]}:{login[1]}".encode()) if login else None
        self._asking = asking or TokenBucket(120, 60)
        self._trying = trying or TokenBucket(5, 60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        client = scope["client"][0] if scope.get("client") else ""
        host = headers.get("host", "")
        if self._hosts is not None and _hostname(host) not in self._hosts:
            return _refused(421, "this page is not served under that name; use the address that 'qa serve' prints.")
        if scope["method"] not in _SAFE_METHODS and _is_from_elsewhere(headers, host):
            return _refused(403, "another site asked for this; use the page itself.")
        if self._login and (refusal := self._unknown(headers.get("authorization", ""), client)):
            return refusal
        if scope["path"].startswith(_ASKING_PATHS) and (wait := self._asking.take(client)):
            return _refused(429, "too many requests; wait a little.", {"Retry-After": str(int(wait) + 1)})
        return None

    def _unknown(self, authorization: str, client: str) -> JSONResponse | None:
        if authorization and (wait := self._trying.wait(client)):
            return _refused(429, "too many wrong passwords; wait a little.", {"Retry-After": str(int(wait) + 1)})
        kind, _, credentials = authorization.partition(" ")
        if kind.lower() == "basic" and hmac.compare_digest(_decoded(credentials), self._login or b""):
            return None
        if authorization:
            self._trying.take(client)
        challenge = {"WWW-Authenticate": 'Basic realm="Pincite", charset="UTF-8"'}
        return _refused(401, "give the name and password.", challenge)


def _digest(credentials: bytes) -> bytes:
    return hashlib.sha256(credentials).digest()


def _decoded(credentials: str) -> bytes:
    """The digest of what was given, so that comparing takes as long whatever it was."""
    try:
        return _digest(b64decode(credentials, validate=True))
    except ValueError:
        return b""


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_from_elsewhere(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    elsewhere = origin is not None and origin.partition("://")[2] != host
    return elsewhere or headers.get("sec-fetch-site", "none") not in _SAME_SITE


def _refused(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": sentence}, status, dict(headers or {}))
