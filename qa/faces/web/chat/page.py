"""The chat page as Gradio Blocks: components, and which handler of ``chat`` or ``shelf`` answers each event."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from qa.errors import QAError
from qa.faces.web.api import Asked, answered
from qa.faces.web.chat import shelf
from qa.faces.web.chat.chat import Chat, Shown
from qa.faces.web.chat.examples import COUNT, cached_examples
from qa.faces.web.chat.handlers import saying, showing
from qa.faces.web.chat.shelf import Shelf
from qa.records import Scope

if TYPE_CHECKING:
    import gradio

    from qa.library import Library

TITLE = "Pincite"
_VERDICTS = {"up": "Like", "down": "Dislike", None: None}
_QUESTION = "Your question"
_ANY_YEAR = ("any", 0)
_EDITING = "Your question (takes the place of the last one)"
_NEXT_WAITS = "always_last"
"""Keeps a question typed before the last one has ended. Gradio would drop it by default."""


def page(chat: Chat, built_in: Sequence[str], suffixes: Sequence[str]) -> "gradio.Blocks":
    """The page over one Chat; every reload and every tab begins at ``chat.opened``."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3_600, 86_400)) as demo:
        _html("# Pincite\nEvery sentence of an answer is quoted from one of your documents.", elem_id="title")
        with gr.Tab("Ask"):
            asking = _Asking()
        with gr.Tab("History", visible=not chat.read_only):
            listing = _Listing()
        with gr.Tab("Documents"):
            shelving = _Shelving(suffixes, may_change=not chat.read_only)
        _wire_conversation(demo, chat, asking, listing)
        _wire_examples(demo, chat, asking, built_in)
        _wire_documents(demo, chat, asking, shelving)
        _offer_asking(chat.library)
    return cast("gradio.Blocks", demo)


def _html(value: str = "", **options: Any) -> "gradio.Markdown":
    """HTML from ``messages``, or fixed words; nothing in it is read as a formula."""
    import gradio as gr

    return gr.Markdown(value, latex_delimiters=[], **options)


class _Asking:
    """The conversation, the question, and the actions on them."""

    def __init__(self) -> None:
        import gradio as gr

        self.present, self.replacing, self.underway = gr.State(None), gr.State(None), gr.State(None)
        self.conversation = gr.Chatbot(
            elem_id="conversation",
            label="Conversation",
            height=None,
            min_height=0,
            latex_delimiters=[],
            allow_tags=False,
            buttons=[],
            layout="panel",
        )
        self.question = gr.Textbox(
            elem_id="question",
            label=_QUESTION,
            submit_btn="Ask",
            max_length=2_000,
            max_lines=6,
            interactive=False,  # until the page is ready; earlier typing would be lost
        )
        self.links = _html(elem_classes="links")
        with gr.Row(elem_id="beginnings") as self.beginnings:
            self.examples = [gr.Button(visible=False, size="sm") for _ in range(COUNT)]
        with gr.Row(elem_id="actions"):
            self.stop = gr.Button("Stop", visible=False, size="sm")
            self.again = gr.Button("Ask again", visible=False, size="sm")
            self.edit = gr.Button("Edit the last question", visible=False, size="sm")
        with gr.Accordion("Ask only some documents, years or sections", open=False):
            self.documents = gr.Dropdown([], multiselect=True, label="Documents to ask (none: all)")
            with gr.Row():
                self.since = gr.Dropdown([_ANY_YEAR], value=0, label="From the year")
                self.until = gr.Dropdown([_ANY_YEAR], value=0, label="To the year")
            self.sections = gr.Dropdown(
                [], multiselect=True, allow_custom_value=True, label="Sections to ask, or words of headings (none: all)"
            )
        self.limits = (self.documents, self.since, self.until, self.sections)


class _Listing:
    """The stored conversations, and the present one's name."""

    def __init__(self) -> None:
        import gradio as gr

        with gr.Column(visible=False) as self.column:
            self.exports = _html(elem_classes="links")
            self.name = gr.Textbox(label="Name of this conversation", max_length=80, submit_btn="Rename")
            with gr.Accordion("Delete this conversation", open=False):
                self.delete = gr.Button("Delete it with all its answers", variant="stop", size="sm")
        _html("[New conversation](./)", elem_classes="links")
        self.listed = _html(elem_classes="links")


class _Shelving:
    """The documents, and the ways to add and remove some."""

    def __init__(self, suffixes: Sequence[str], *, may_change: bool) -> None:
        import gradio as gr

        self.upload = gr.UploadButton(
            "Add files (or drop them here)",
            elem_id="upload",
            file_count="multiple",
            file_types=list(suffixes),
            visible=may_change,
        )
        self.news = _html(elem_id="news")
        self.table = _html(elem_id="documents", elem_classes="links")
        with gr.Accordion("Remove documents", open=False, visible=may_change):
            self.chosen = gr.Dropdown([], multiselect=True, label="Documents to remove")
            self.remove = gr.Button("Remove them from the library", variant="stop", size="sm")


def _update(shown: Shown) -> list[Any]:
    """What the page shows of a conversation, in the order of its outputs."""
    import gradio as gr

    typed: dict[str, Any] = {} if shown.question is None else {"value": shown.question}
    settled = bool(shown.present) and not shown.underway
    return [
        gr.Chatbot(cast(Any, shown.conversation), feedback_value=[_VERDICTS[verdict] for verdict in shown.verdicts]),
        shown.present,
        shown.replacing,
        shown.underway,
        gr.Textbox(label=_EDITING if shown.replacing else _QUESTION, interactive=True, **typed),
        shown.links,
        gr.Row(visible=not shown.conversation),
        gr.Button(visible=bool(shown.underway)),
        gr.Button(visible=settled),
        gr.Button(visible=settled),
        shown.listed,
        gr.Column(visible=bool(shown.present)),
        shown.name,
        shown.exports,
    ]


def _wire_conversation(demo: "gradio.Blocks", chat: Chat, asking: _Asking, listing: _Listing) -> None:
    import gradio as gr

    outputs = [asking.conversation, asking.present, asking.replacing, asking.underway, asking.question]
    outputs += [asking.links, asking.beginnings, asking.stop, asking.again, asking.edit]
    outputs += [listing.listed, listing.column, listing.name, listing.exports]

    @saying
    def opened(request: gr.Request) -> list[Any]:
        return _update(chat.opened(request.query_params.get("conversation")))

    @saying
    def judged(present: str | None, data: gr.LikeData) -> None:
        verdict = {True: "up", False: "down"}.get(cast(bool, data.liked))
        chat.judge(present, cast(int, data.index), cast(Any, verdict))

    def on(event: Any, handler: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
        options |= {"api_visibility": "private", "show_progress": "hidden"}
        return event(showing(handler, _update), list(inputs), outputs, **options)

    state = (asking.present, asking.replacing, *asking.limits)
    asked = _scoped(chat.asking)
    in_turn: dict[str, Any] = {"concurrency_id": "ask"}
    running = [on(asking.question.submit, asked, asking.question, *state, trigger_mode=_NEXT_WAITS, **in_turn)]
    running += [on(button.click, asked, button, *state, **in_turn) for button in asking.examples]
    running.append(on(asking.again.click, _scoped(chat.asking_again), asking.present, *asking.limits, **in_turn))
    # An event without a handler of its own. Otherwise the browser would report the cancelling only after its reply.
    cancelled = asking.stop.click(None, cancels=running, api_visibility="private")
    on(cancelled.then, chat.stopped, asking.present, asking.underway, queue=False)
    on(asking.edit.click, chat.edit, asking.present)
    if not chat.read_only:  # a missing event cannot be called
        on(listing.name.submit, chat.rename, asking.present, listing.name)
        on(listing.delete.click, chat.delete, asking.present)
    asking.conversation.like(judged, asking.present, None, api_visibility="private")
    demo.load(opened, None, outputs, api_visibility="private")


def _scoped(handler: Callable[..., AsyncIterator[Shown]]) -> Callable[..., AsyncIterator[Shown]]:
    """The handler, with the page's limits on a question as one Scope."""

    async def handled(*values: Any) -> AsyncIterator[Shown]:
        *others, documents, since, until, sections = values
        async for shown in handler(*others, Scope(documents, since or None, until or None, sections)):
            yield shown

    return handled


def _wire_examples(demo: "gradio.Blocks", chat: Chat, asking: _Asking, built_in: Sequence[str]) -> None:
    import gradio as gr

    made = cached_examples(chat.library, built_in)

    @saying
    def suggested() -> list[Any]:
        found = made()
        return [gr.Button(text, visible=True) for text in found] + [gr.Button(visible=False)] * (COUNT - len(found))

    demo.load(suggested, None, asking.examples, api_visibility="private")


def _wire_documents(demo: "gradio.Blocks", chat: Chat, asking: _Asking, shelving: _Shelving) -> None:
    import gradio as gr

    library = chat.library

    def update(shown: Shelf) -> list[Any]:
        emptied = gr.Dropdown(shown.choices, value=[])
        years = gr.Dropdown([_ANY_YEAR, *((str(year), year) for year in shown.years)], value=0)
        return [shown.news, shown.table, emptied, emptied, years, years, gr.Dropdown(shown.headings, value=[])]

    @saying
    def add(uploads: list[str], progress: gr.Progress = gr.Progress()) -> list[Any]:  # noqa: B008  # Gradio's way
        return update(shelf.add(library, uploads, lambda done, doing: progress(done, desc=doing)))

    outputs = [shelving.news, shelving.table, shelving.chosen, *asking.limits]
    options: dict[str, Any] = {"api_visibility": "private", "show_progress_on": shelving.news}
    one_at_a_time: dict[str, Any] = options | {"concurrency_limit": 1, "concurrency_id": "change"}
    if not chat.read_only:
        shelving.upload.upload(add, shelving.upload, outputs, **one_at_a_time)
        removing = showing(lambda doc_ids: shelf.remove(library, doc_ids), update)
        shelving.remove.click(removing, shelving.chosen, outputs, **one_at_a_time)
    demo.load(showing(lambda: shelf.shelf(library), update), None, outputs, **options)


def _offer_asking(library: "Library") -> None:
    """The only endpoint that Gradio's own clients may call; it shares the queue of the page's questions."""
    import gradio as gr
    from gradio.events import api

    def ask(  # noqa: PLR0917  # Gradio passes values by position
        question: str,
        documents: list[str] | None = None,
        after: list[str] | None = None,
        expand: bool = True,
        since: int | None = None,
        until: int | None = None,
        sections: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question with cited sentences, or abstain: an Answer, as 'qa ask --json' prints it."""
        try:
            limits: dict[str, Any] = {"documents": documents, "since": since, "until": until, "sections": sections}
            return answered(library, Asked(question=question, after=after or [], expand=expand, **limits))
        except ValidationError as error:
            raise gr.Error(
                "question is a text; documents, sections and after are lists of texts; since and until are years.",
                print_exception=False,
            ) from error
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    api(ask, api_name="ask", concurrency_id="ask")
