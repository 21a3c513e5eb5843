"""The web application: the chat page at its root; the source pages, the API and the page's own files beside it."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from qa.conversations import FILE, Conversations
from qa.errors import ConversationError, LibraryLockedError, NoOriginalError, QAError, UnknownDocumentError
from qa.library import builtin_corpus
from qa.readers import MAX_FILE_BYTES, suffixes
from qa.server import api, reports, sources
from qa.server.chat import Chat
from qa.server.guards import Door, SecurityHeaders
from qa.server.page import page
from qa.server.rendering import render

if TYPE_CHECKING:
    import gradio

    from qa.library import Library
    from qa.server import Login

MAX_BODY_BYTES = 5 * MAX_FILE_BYTES
"""Of one request: a few files of the greatest size, or many small ones."""

WAITING = 20
"""Questions and changes in the page's own queue; who comes when it is full is told that the page is busy."""

SESSIONS = 200
"""Tabs and Gradio clients whose state is kept; of the page some 0.2 MB each, which Gradio keeps when a tab is closed.

A tab that stayed idle while so many others came begins a new conversation; its address brings the old one back.
"""

_STATIC = Path(__file__).parent / "static"
_STATUSES: Mapping[type[Exception], int] = {
    UnknownDocumentError: 404,
    NoOriginalError: 404,
    ConversationError: 404,
    LibraryLockedError: 503,
}

# Read by Gradio: no summary of its own calls over all of them, which makes each call slower than the one before.
_ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "500",
    "HF_HUB_OFFLINE": "1",
}


def application(library: "Library", *, login: "Login | None" = None, hosts: Collection[str] = ()) -> FastAPI:
    """The whole application over one Library, whose folder also keeps the conversations.

    ``login`` is asked for where one is given; ``hosts`` are the names it may be reached by, none for any.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import gradio as gr

    conversations = Conversations(library.path / FILE)
    app = plain_application(library, conversations, login=login, hosts=hosts)
    corpus = builtin_corpus()
    built_in = [path.name for path in corpus.iterdir()] if corpus else []
    demo = page(Chat(library, conversations), built_in, suffixes())
    demo.queue(max_size=WAITING, default_concurrency_limit=2, api_open=False)
    demo.state_session_capacity = SESSIONS
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        demo,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size=MAX_FILE_BYTES,
        blocked_paths=[str(library.path.resolve())],
        theme=_theme(),
        head='<link rel="stylesheet" href="page/page.css"><script src="page/page.js" defer></script>',
    )
    return mounted


def plain_application(
    library: "Library",
    conversations: Conversations,
    *,
    login: "Login | None" = None,
    hosts: Collection[str] = (),
) -> FastAPI:
    """All but the chat page: what needs no Gradio, behind the same guards."""
    app = FastAPI(
        title="Pincite",
        version=str(library.description()["pincite"]),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        max_body_size=MAX_BODY_BYTES,
    )
    app.add_exception_handler(QAError, _refused)
    app.add_exception_handler(HTTPException, _refused)
    app.add_middleware(Door, login=login, hosts=hosts)
    app.add_middleware(SecurityHeaders)
    app.mount("/page", StaticFiles(directory=_STATIC), name="page")
    app.include_router(sources.router(library, conversations))
    app.include_router(reports.router(library))
    app.include_router(api.router(library))

    @app.get("/api/", include_in_schema=False)
    def described() -> HTMLResponse:
        return HTMLResponse(render("api.html.j2", root="../", paths=app.openapi()["paths"]))

    return app


def _theme() -> "gradio.themes.Base":
    import gradio as gr

    return gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"])


async def _refused(request: Request, error: Exception) -> Response:
    """An error in one sentence: as JSON where programs ask, as a page where people do."""
    status, sentence, headers = _told(error)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status, headers)
    root = "../" * (request.url.path.count("/") - 1)
    html = render("message.html.j2", root=root, title="This cannot be shown", message=sentence, quote=None)
    return HTMLResponse(html, status, headers)


def _told(error: Exception) -> tuple[int, str, dict[str, str]]:
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail), dict(error.headers or {})
    return _STATUSES.get(type(error), 400), str(error), {}
