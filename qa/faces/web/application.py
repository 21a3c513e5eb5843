"""The web application: the chat page at its root, with source pages, the API and the page's files beside it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from qa.faces.web import api
from qa.faces.web.chat import uploads
from qa.faces.web.chat.chat import Chat
from qa.faces.web.chat.page import page
from qa.faces.web.chat.uploads import Uploads
from qa.faces.web.documents import readings, reports, sources
from qa.faces.web.own_folder import process_folder
from qa.faces.web.rendering import render
from qa.faces.web.security.access import Access
from qa.faces.web.security.door import Door
from qa.faces.web.security.guards import SecurityHeaders
from qa.faces.web.security.proxies import Forwarded
from qa.faces.web.security.refusals import add_refusals
from qa.faces.web.security.surface import Surface
from qa.indexing.corpus import builtin_corpus
from qa.readers.files import MAX_FILE_BYTES
from qa.readers.formats import suffixes
from qa.stores.conversations.passing import PassingConversations, VisitorsConversations
from qa.stores.conversations.store import FILE, Conversations

if TYPE_CHECKING:
    import gradio

    from qa.library import Library

MAX_BODY_BYTES = 5 * MAX_FILE_BYTES
"""The most bytes of one request: a few files of maximum size, or many small ones."""

WAITING = 20
"""The most questions and changes in the page's queue. When it is full, a client is told that the page is busy."""

SESSIONS = 200
"""The tabs and Gradio clients whose state is kept. Gradio keeps about 0.2 MB for each tab after it is closed.

If this many others come while a tab is idle, it begins a new conversation; its address brings the old one back.
"""

_STATIC = Path(__file__).parent / "static"

# Read by Gradio: no summary over all of its calls, which would make each call slower than the one before.
_ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "500",
    "HF_HUB_OFFLINE": "1",
}


def application(library: "Library", access: Access | None = None) -> FastAPI:
    """The whole application over one Library, whose folder also keeps the conversations if it is writable.

    Without ``access`` everybody may come in.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ["GRADIO_TEMP_DIR"] = str(process_folder())  # not /tmp/gradio, which all users share
    import gradio as gr

    read_only = bool(access and access.read_only)
    conversations = VisitorsConversations() if read_only else conversations_of(library)
    kept = Uploads()
    app = plain_application(library, conversations, access)
    app.include_router(uploads.router(kept))
    corpus = builtin_corpus()
    built_in = [path.name for path in corpus.iterdir()] if corpus else []
    demo = page(Chat(library, conversations, read_only=read_only), built_in, suffixes())
    demo.queue(max_size=WAITING, default_concurrency_limit=2, api_open=False)
    demo.state_session_capacity = SESSIONS
    demo.has_launched = True  # otherwise Gradio does not check which files it reads: it waits for its own launch()
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        demo,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        app_kwargs={"middleware": [Middleware(Surface, config=demo.get_config_file(), uploads=kept)]},
        max_file_size=MAX_FILE_BYTES,
        blocked_paths=[str(library.path.resolve())],
        theme=_theme(),
        head='<link rel="stylesheet" href="page/page.css"><script src="page/page.js" defer></script>',
    )
    return mounted


def conversations_of(library: "Library") -> Conversations:
    """The conversations stored with the library, or temporary ones if it cannot be written."""
    return Conversations(library.path / FILE) if library.contents.is_writable else PassingConversations()


def plain_application(library: "Library", conversations: Conversations, access: Access | None = None) -> FastAPI:
    """Everything except the chat page: the parts without Gradio, behind the same guards."""
    app = FastAPI(
        title="Pincite",
        version=str(library.description()["pincite"]),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        max_body_size=MAX_BODY_BYTES,
    )
    add_refusals(app)
    app.add_middleware(CORSMiddleware)  # allows no other site, while Gradio's own may allow all
    app.add_middleware(Door, access=access)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Forwarded, proxies=access.proxies if access else ())
    app.mount("/page", StaticFiles(directory=_STATIC), name="page")
    app.include_router(sources.router(library, conversations))
    app.include_router(readings.router(library))
    app.include_router(reports.router(library))
    app.include_router(api.router(library))

    @app.get("/api/", include_in_schema=False)
    def described() -> HTMLResponse:
        return HTMLResponse(render("api.html.j2", root="../", paths=app.openapi()["paths"]))

    app.include_router(api.nothing_else(app))
    return app


def _theme() -> "gradio.themes.Base":
    import gradio as gr

    return gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"])
