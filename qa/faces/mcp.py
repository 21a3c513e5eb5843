"""The Library as tools of the Model Context Protocol, over standard input and output.

Each tool returns, as text, the same JSON that its command prints. An error is one sentence, marked as an error.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

from pydantic import Field

from qa.errors import QAError
from qa.faces import replies
from qa.records import Scope

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from qa.library import Library

P = ParamSpec("P")

Documents = Annotated[list[str] | None, Field(description="Only these documents, by id or file name; all if none.")]
Since = Annotated[int | None, Field(description="Only documents of this year or later.")]
Until = Annotated[int | None, Field(description="Only documents of this year or earlier.")]
Sections = Annotated[list[str] | None, Field(description="Only sections with the words of one of these in a heading.")]
After = Annotated[list[str] | None, Field(description="Earlier questions that this one may refer to, oldest first.")]
Expand = Annotated[bool, Field(description="Whether to correct typos and look for other names too.")]
K = Annotated[int, Field(ge=1, le=50, description="How many passages.")]
Answers = Annotated[dict[str, Any] | list[dict[str, Any]], Field(description="What 'ask' gave, or a list of such.")]


def check_installed() -> None:
    """QAError if the MCP SDK, an extra, is not installed."""
    if find_spec("mcp") is None:
        raise QAError("'qa mcp' needs the MCP SDK, which is not installed: pip install 'mcp>=2.3,<3'.")


def serve(library: "Library") -> None:
    """Serve until standard input ends. Only protocol messages go to standard output."""
    server(library).run("stdio")


def server(library: "Library") -> "MCPServer":
    """The tools over one Library. Needs the extra ``mcp``."""
    from mcp.server import MCPServer
    from mcp_types import ToolAnnotations

    made = MCPServer("pincite", version=str(library.description()["pincite"]), log_level="WARNING")
    for tool in _tools(library):
        reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        made.add_tool(_told(tool), annotations=reading, structured_output=False)
    return made


def _tools(library: "Library") -> Sequence[Callable[..., str]]:
    """The functions that become tools. The protocol shows each one's name, signature and docstring."""

    def search(
        question: str,
        *,
        k: K = 10,
        documents: Documents = None,
        since: Since = None,
        until: Until = None,
        sections: Sections = None,
        expand: Expand = True,
    ) -> str:
        """Find the passages nearest to a question, best first, verbatim and with their place in the source."""
        scope = Scope(documents or (), since, until, sections or ())
        return replies.text(replies.passages(library.search(question, k, scope=scope, expand=expand)))

    def ask(
        question: str,
        *,
        documents: Documents = None,
        since: Since = None,
        until: Until = None,
        sections: Sections = None,
        after: After = None,
        expand: Expand = True,
    ) -> str:
        """Answer a question with verbatim sentences, each with its citation, or abstain with the nearest passages."""
        scope = Scope(documents or (), since, until, sections or ())
        return replies.text(library.ask(question, scope=scope, after=after or (), expand=expand).to_dict())

    def verify(answer: Answers) -> str:
        """Prove every quote of an answer again: that it stands, word for word, where it is said to stand."""
        return replies.text(replies.proof(library.proofs.verify_all(answer if isinstance(answer, list) else [answer])))

    def documents() -> str:
        """List the documents, with what is known of each."""
        return replies.text(replies.documents(library))

    return search, ask, verify, documents


def _told(tool: Callable[P, str]) -> Callable[P, str]:
    """The tool, with its errors reported as the SDK does."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def told(*arguments: P.args, **options: P.kwargs) -> str:
        try:
            return tool(*arguments, **options)
        except QAError as error:
            raise ToolError(str(error)) from error

    return told
