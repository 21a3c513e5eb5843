"""Uploads from a browser on their way to the library: each has a key, in a folder of this process alone.

The page names an upload by its key, so that no path comes from outside.
"""

import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from qa.faces.web.own_folder import process_folder
from qa.readers.files import MAX_FILE_BYTES

PATH = "/gradio_api/upload"
KEY = r"[0-9a-f]{32}"

MAX_FILES = 1_000
"""The most files in one request; Gradio's page sends all at once."""

MAX_WAITING_BYTES = 1_000_000_000
"""The most bytes of uploads not added yet: 20 files of maximum size."""

_FORGOTTEN_S = 86_400
"""The age, in seconds, at which an upload that no tab has added is removed."""

_MAX_NAME_BYTES = 255  # of usual file systems
_NOT_IN_NAMES = re.compile(r"[/\0]" if os.name == "posix" else r'[<>:"/\\|?*\0-\x1f]')


class UploadError(Exception):
    """An upload is refused: one sentence, and the HTTP status for it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Uploads:
    """The uploads of one application."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=process_folder()))

    def keep(self, name: str, file: BinaryIO) -> str:
        """Keep a browser's upload and return its key. UploadError if it is too much, OSError if the disk is full."""
        self._forget()
        if sum(path.stat().st_size for path in self.folder.glob("*/*")) > MAX_WAITING_BYTES:
            raise UploadError(503, "too many uploads wait to be added; try again when they are.")
        key = secrets.token_hex(16)
        (self.folder / key).mkdir(mode=0o700)
        try:
            with (self.folder / key / file_name(name)).open("xb") as kept:
                shutil.copyfileobj(file, kept)
        except OSError:
            self._remove(key)
            raise
        return key

    def path(self, key: str) -> Path | None:
        """The path of an upload by its key; None if there is none, or none any more."""
        return next((self.folder / key).iterdir(), None) if (self.folder / key).is_dir() else None

    def close(self) -> None:
        """Remove all uploads."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _remove(self, key: str) -> None:
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def _forget(self) -> None:
        for folder in self.folder.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - folder.stat().st_mtime > _FORGOTTEN_S:
                    self._remove(folder.name)


def file_name(given: str) -> str:
    """A valid file name: the given one without folders, shortened to the file systems' limit."""
    name = _NOT_IN_NAMES.sub("_", Path(given).name)
    if name in ("", ".", ".."):
        return "upload"
    suffix = os.path.splitext(name)[1].encode()[:_MAX_NAME_BYTES]
    stem = name.encode()[: len(name.encode()) - len(suffix)][: _MAX_NAME_BYTES - len(suffix)]
    return stem.decode(errors="ignore") + suffix.decode(errors="ignore")


def router(uploads: Uploads) -> APIRouter:
    """The route that replaces Gradio's own: it returns keys instead of paths.

    When the application ends, the uploads are removed.
    """

    @asynccontextmanager
    async def until_the_end(_: object) -> AsyncIterator[None]:
        yield
        uploads.close()

    routes = APIRouter(include_in_schema=False, lifespan=until_the_end)

    @routes.post(PATH)
    async def upload(request: Request) -> Response:
        try:
            async with request.form(max_files=MAX_FILES, max_fields=0) as form:
                files = form.getlist("files")
                # Writing them would keep everybody else waiting.
                return JSONResponse(await run_in_threadpool(lambda: [_kept(uploads, file) for file in files]))
        except UploadError as error:
            return PlainTextResponse(str(error), error.status)
        except OSError as error:
            reason = error.strerror or "unknown error"
            return PlainTextResponse(f"the upload could not be kept ({reason}); make room and try again.", 507)

    return routes


def _kept(uploads: Uploads, file: UploadFile | str) -> str:
    if isinstance(file, str):
        raise HTTPException(400, "this takes files.")
    if (file.size or 0) > MAX_FILE_BYTES:
        raise UploadError(413, f"{file.filename} is larger than {MAX_FILE_BYTES // 1_000_000} MB; split it.")
    return uploads.keep(file.filename or "", file.file)
