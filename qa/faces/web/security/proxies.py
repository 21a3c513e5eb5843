"""Which proxies are trusted to name the client for whom they ask."""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_FORWARDED = (b"x-forwarded-", b"forwarded", b"x-real-ip")


class Forwarded:
    """ASGI middleware that takes the client's address and scheme from a trusted proxy, and from nobody else.

    These headers are removed before inner layers, because Gradio would trust them from anybody.
    """

    def __init__(self, app: ASGIApp, proxies: Collection[str] = ()) -> None:
        async def without_headers(scope: Scope, receive: Receive, send: Send) -> None:
            kept = [header for header in scope["headers"] if not header[0].lower().startswith(_FORWARDED)]
            await app({**scope, "headers": kept}, receive, send)

        self._app = app
        self._taken = ProxyHeadersMiddleware(without_headers, trusted_hosts=list(proxies))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = self._taken if scope["type"] == "http" else self._app
        await taken(scope, receive, send)  # type: ignore[arg-type]
