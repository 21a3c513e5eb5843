"""Every error in a handler of the page is one sentence; unexpected errors are also printed."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr
import pytest

from qa.errors import LibraryError
from qa.faces.web.chat.handlers import UNEXPECTED, saying, showing

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/some/path")


@pytest.mark.parametrize(
    ("error", "said", "printed"),
    [
        (LibraryError("<b>it</b> is full; make room."), "&lt;b&gt;it&lt;/b&gt; is full; make room.", False),
        (FULL, "the disk refused (No space left on device); check free space and permissions, and try again.", True),
        (KeyError("x"), UNEXPECTED, True),
        (gr.Error("as it is", print_exception=False), "as it is", False),
    ],
)
def test_an_error_is_one_sentence(error: Exception, said: str, printed: bool) -> None:
    def failing() -> None:
        raise error

    async def failing_later() -> AsyncIterator[int]:
        yield 1
        raise error

    async def all_of(handled: Any) -> list[Any]:
        return [value async for value in handled()]

    for call in (saying(failing), showing(failing, lambda value: [value])):
        with pytest.raises(gr.Error) as caught:
            call()
        assert (caught.value.message, caught.value.print_exception) == (said, printed)
    with pytest.raises(gr.Error) as caught:
        asyncio.run(all_of(showing(failing_later, lambda value: [value])))
    assert caught.value.message == said


def test_what_goes_well_is_shown() -> None:
    assert showing(lambda number: number + 1, lambda value: [value, value])(1) == [2, 2]
    assert saying(lambda number: number + 1)(1) == 2
