"""The chat page: a conversation beside the sources it quotes, over one Library.

Document text reaches the page only as escaped text inside plain HTML; no script of ours runs there.
"""

import os
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, cast

from qa.answering import REASONS
from qa.citations import marks, pinpoint, understood
from qa.errors import QAError
from qa.records import Answer, Citation, Hit

if TYPE_CHECKING:
    import gradio

    from qa.library import Library

Message = dict[str, str]

EXAMPLES = (
    "What limits the use of high-dose IL-2?",
    "Which cytokines can be neutralized to improve outcomes?",
    "How does IFN-gamma act against tumors?",
)

_NO_SOURCES = "<p>The sources of an answer appear here.</p>"

_CSS = """
.gradio-container { max-width: 1200px !important; }
#sources { max-height: 42rem; overflow-y: auto; }
#sources article { border-top: 1px solid var(--border-color-primary); padding: .75rem 0; }
#sources article:target { background: var(--background-fill-secondary); }
#sources blockquote, .bot blockquote { font-family: Georgia, serif; }
#sources small { opacity: .8; }
"""


def serve(library: "Library", host: str, port: int, say: Callable[[str], None]) -> None:
    """Run the page until interrupted. ``say`` is told where it is."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # Warmed up before the page is there, so that the first question is not the slow one.
    library.encoder.encode_question("ready")
    demo = page(library)
    _, url, _ = launch(demo, host, port)
    say(f"Pincite answers at {url} (stop with Ctrl+C)")
    try:
        demo.block_thread()
    finally:
        demo.close(verbose=False)


def launch(demo: "gradio.Blocks", host: str, port: int) -> Any:
    """Start serving in the background, on this machine alone unless ``host`` says otherwise."""
    import gradio as gr

    try:
        return demo.queue(max_size=64, default_concurrency_limit=2, api_open=False).launch(
            server_name=host,
            server_port=port or _free_port(host),
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            show_error=False,
            run_history=False,
            enable_monitoring=False,
            footer_links=[],
            css=_CSS,
            theme=gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"]),
        )
    except OSError as error:
        raise QAError(f"the page cannot be served at {host}:{port}; name another port with --port.") from error


def _free_port(host: str) -> int:
    import socket

    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def page(library: "Library") -> "gradio.Blocks":
    """The page as Gradio Blocks; the endpoint ``ask`` gives the Answer as JSON."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    def reply(question: str, conversation: list[Message]) -> tuple[str, list[Message], str]:
        turn = len(conversation) // 2 + 1
        try:
            answer = library.ask(question)
        except QAError as error:
            return question, [*conversation, *_turn(question, escape(f"Sorry: {error}"))], _NO_SOURCES
        return "", [*conversation, *_turn(question, answer_html(answer, turn))], sources_html(answer, turn)

    def ask(question: str) -> dict[str, Any]:
        """Answer a question with cited sentences, or abstain: the documented JSON."""
        return library.ask(question).to_dict()

    with gr.Blocks(title="Pincite", analytics_enabled=False) as demo:
        gr.Markdown("# Pincite\nAsk the reviews. Every sentence of an answer is quoted from one of them.")
        with gr.Row():
            with gr.Column(scale=3):
                conversation = gr.Chatbot(
                    label="Conversation", height=480, latex_delimiters=[], allow_tags=False, buttons=["copy"]
                )
                question = gr.Textbox(
                    label="Your question", placeholder=EXAMPLES[0], submit_btn="Ask", max_length=2_000
                )
                with gr.Row():
                    buttons = [gr.Button(example, size="sm") for example in EXAMPLES]
            with gr.Column(scale=2):
                gr.Markdown("## Sources")
                sources = gr.Markdown(_NO_SOURCES, elem_id="sources", latex_delimiters=[])
        shown = [question, conversation, sources]
        question.submit(reply, [question, conversation], shown, api_visibility="private")
        for button in buttons:
            button.click(reply, [button, conversation], shown, api_visibility="private")
        gr.api(ask, api_name="ask")  # type: ignore[attr-defined]  # missing from its __all__
    return cast("gradio.Blocks", demo)


def _turn(question: str, reply: str) -> Sequence[Message]:
    return [{"role": "user", "content": f"<p>{_literal(question)}</p>"}, {"role": "assistant", "content": reply}]


def answer_html(answer: Answer, turn: int) -> str:
    """What was understood, and the quoted sentences, each with links to its sources; or why there is no answer."""
    line = understood(answer.query)
    note = f"<p><small>{_literal(line)}</small></p>" if line else ""
    if answer.abstained:
        return f"{note}<p>{_literal(REASONS[str(answer.reason)])}</p><p>The nearest passages stand beside.</p>"
    return note + "".join(
        f"<blockquote>{_literal(sentence.text)} "
        + "".join(f'<a href="#{_anchor(turn, number)}">{marks([number])}</a>' for number in sentence.citations)
        + "</blockquote>"
        for sentence in answer.sentences
    )


def sources_html(answer: Answer, turn: int) -> str:
    """What the marks point at: title, place and passage; of an abstention, the nearest passages."""
    if answer.abstained:
        return "".join(map(_passage_html, answer.hits[:3])) or _NO_SOURCES
    return "".join(_source_html(citation, answer.hits, _anchor(turn, citation.number)) for citation in answer.citations)


def _source_html(citation: Citation, hits: Sequence[Hit], anchor: str) -> str:
    passage = next(
        hit
        for hit in hits
        if hit.passage.doc_id == citation.doc_id
        and hit.passage.start <= citation.start
        and citation.end <= hit.passage.end
    )
    offset = passage.passage.start
    before = passage.text[: citation.start - offset]
    after = passage.text[citation.end - offset :]
    return (
        f'<article id="{anchor}" tabindex="-1"><strong>{marks([citation.number])} '
        f"{_literal(citation.title or citation.source)}</strong><br>"
        f"<small>{_literal(citation.source)} · {_literal(pinpoint(citation))}</small>"
        f"<p>{_literal(before)} <mark>{_literal(citation.quote)}</mark> {_literal(after)}</p></article>"
    )


def _passage_html(hit: Hit) -> str:
    return (
        f"<article><strong>{_literal(hit.title or hit.source)}</strong><br>"
        f"<small>{_literal(' · '.join(filter(None, (hit.source, hit.passage.section))))}</small>"
        f"<p>{_literal(hit.text)}</p></article>"
    )


def _anchor(turn: int, number: int) -> str:
    return f"a{turn}-s{number}"


def _literal(text: str) -> str:
    """Text that HTML and Markdown show as it is: escaped, and on one line, as a blank line ends the block."""
    return escape(" ".join(text.split()))
