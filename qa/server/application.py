"""The web application: the chat page at its root, the source pages and the page's own files beside it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles

from qa.conversations import FILE, Conversations
from qa.errors import ConversationError, QAError, UnknownDocumentError
from qa.library import builtin_corpus
from qa.readers import MAX_FILE_BYTES, suffixes
from qa.server import sources
from qa.server.chat import Chat
from qa.server.guards import Headers
from qa.server.page import page
from qa.server.rendering import render

if TYPE_CHECKING:
    import gradio

    from qa.library import Library

_STATIC = Path(__file__).parent / "static"
_NOT_FOUND = (UnknownDocumentError, ConversationError)

# Read by Gradio: no summary of its own calls over all of them, which makes each call slower than the one before.
_ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "500",
    "HF_HUB_OFFLINE": "1",
}


def application(library: "Library") -> FastAPI:
    """The whole application over one Library, whose folder also keeps the conversations."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import gradio as gr

    conversations = Conversations(library.path / FILE)
    app = plain_application(library, conversations)
    corpus = builtin_corpus()
    built_in = [path.name for path in corpus.iterdir()] if corpus else []
    demo = page(Chat(library, conversations), built_in, suffixes())
    demo.queue(max_size=64, default_concurrency_limit=2, api_open=False)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        demo,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size=MAX_FILE_BYTES,
        blocked_paths=[str(library.path.resolve())],
        theme=_theme(),
        head='<link rel="stylesheet" href="page/page.css"><script src="page/page.js" defer></script>',
    )
    return mounted


def plain_application(library: "Library", conversations: Conversations) -> FastAPI:
    """All but the chat page: what needs no Gradio, behind the same guards."""
    app = FastAPI(title="Pincite", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(QAError, _refused)
    app.add_middleware(Headers)
    app.mount("/page", StaticFiles(directory=_STATIC), name="page")
    app.include_router(sources.router(library, conversations))
    return app


def _theme() -> "gradio.themes.Base":
    import gradio as gr

    return gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"])


async def _refused(request: Request, error: Exception) -> Response:
    """An error as a page of one sentence."""
    root = "../" * (request.url.path.count("/") - 1)
    html = render("message.html.j2", root=root, title="This cannot be shown", message=str(error), quote=None)
    return HTMLResponse(html, 404 if isinstance(error, _NOT_FOUND) else 400)
