"""The headers of every response: what a page may load and run, and who may store it."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PLAIN = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
}
# A report is one file that can be sent on its own, with its style inside.
_REPORT = {**_PLAIN, "style-src": "'self' 'unsafe-inline'"}
# Gradio writes styles into its page, so they cannot be forbidden there. Its scripts are allowed by their hashes.
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
_PDF = {"default-src": "'none'", "frame-ancestors": "'self'", "sandbox": ""}  # a browser's PDF viewer works under these
_PDF_PATH = "/original.pdf"
_ALIKE_FOR_ALL = ("/page/", "/assets/", "/static/", "/theme.css", "/favicon.ico", "/robots.txt")
"""Files of the program itself. Everything else reveals the library or its reader, so caches must not store it."""
_PLAIN_PATHS = ("/document/", "/answers/", "/conversations/", "/api/", "/page/", "/compare")


def policy(path: str, html: bytes = b"") -> str:
    """The Content-Security-Policy for a path. Of ``html``, only the scripts already in it may run."""
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

    The chat page is held until complete, because the headers hold its scripts' hashes. The hashes are of the page as
    made: a script that a document's text might inject later does not run.
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
                await send(_secured(held, scope["path"], html))
                held, message = None, {**message, "body": html}
            elif message["type"] == "http.response.start":
                message = _secured(message, scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _is_chat_page(path: str, start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return kind.startswith("text/html") and not path.startswith(_PLAIN_PATHS)


def _secured(start: Message, path: str, html: bytes = b"") -> Message:
    headers = MutableHeaders(scope=start)
    headers.setdefault("Content-Security-Policy", policy(path, html))  # the door sets its own
    if not path.startswith(_ALIKE_FOR_ALL):
        headers["Cache-Control"] = "no-store"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return start
