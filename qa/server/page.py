"""The chat page as Gradio Blocks: components and what happens on them. What is said is in ``chat``."""

import os
from typing import TYPE_CHECKING, cast

from qa.server.chat import Chat, Shown

if TYPE_CHECKING:
    import gradio

TITLE = "Pincite"
_PRIVATE = {"api_visibility": "private"}


def page(chat: Chat) -> "gradio.Blocks":
    """The page over one Chat; every reload and every tab begins at ``chat.opened``."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    def opened(request: gr.Request) -> Shown:
        return chat.opened(request.query_params.get("conversation"))

    with gr.Blocks(title=TITLE, analytics_enabled=False) as demo:
        present, replacing = gr.State(None), gr.State(None)
        gr.Markdown("# Pincite\nEvery sentence of an answer is quoted from one of your documents.", elem_id="title")
        with gr.Tab("Ask"):
            conversation = gr.Chatbot(
                elem_id="conversation",
                label="Conversation",
                height=None,
                min_height=0,
                latex_delimiters=[],
                allow_tags=False,
                buttons=[],
                layout="panel",
            )
            question = gr.Textbox(
                elem_id="question", label="Your question", submit_btn="Ask", max_length=2_000, lines=1, max_lines=6
            )
            link = gr.Markdown(elem_id="permalink")
        with gr.Tab("Conversations"):
            gr.Markdown("[New conversation](./)", elem_classes="links")
            listed = gr.Markdown(elem_classes="links")
        shown = [question, conversation, present, replacing, listed, link]
        question.submit(chat.ask, [question, present, replacing], shown, **_PRIVATE)
        demo.load(opened, None, shown, **_PRIVATE)
    return cast("gradio.Blocks", demo)
