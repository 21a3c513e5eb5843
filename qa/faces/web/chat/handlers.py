"""The page's handlers as Gradio calls them: every error is reported in one sentence."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isasyncgenfunction
from typing import Any, ParamSpec, TypeVar

from markupsafe import escape

from qa.errors import QAError

UNEXPECTED = "this went wrong in a way that it should not; what happened stands where Pincite was started."

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def sentences() -> Iterator[None]:
    """Turn every error into the one that Gradio shows, as HTML. An unforeseen error is also printed."""
    import gradio as gr

    try:
        yield
    except gr.Error:
        raise
    except QAError as error:
        raise gr.Error(escape(str(error)), print_exception=False) from error
    except OSError as error:
        reason = escape(error.strerror or "unknown error")
        raise gr.Error(f"the disk refused ({reason}); check free space and permissions, and try again.") from error
    except Exception as error:
        raise gr.Error(UNEXPECTED) from error


def saying(handler: Callable[P, T]) -> Callable[P, T]:
    """The handler, with its errors reported as by ``sentences``."""

    @wraps(handler)
    def handled(*values: P.args, **options: P.kwargs) -> T:
        with sentences():
            return handler(*values, **options)

    return handled


def showing(handler: Callable[..., Any], update: Callable[[Any], list[Any]]) -> Callable[..., Any]:
    """The same, with its value, or each value it yields, converted for the components.

    A plain function stays plain, so that Gradio runs it in a thread and only its caller waits.
    """
    if isasyncgenfunction(handler):
        return _each(handler, update)
    return saying(lambda *values: update(handler(*values)))


def _each(handler: Callable[..., AsyncIterator[Any]], update: Callable[[Any], list[Any]]) -> Callable[..., Any]:
    async def handled(*values: Any) -> AsyncIterator[list[Any]]:
        with sentences():
            async for value in handler(*values):
                yield update(value)

    return handled
