"""Uploads before they enter the library: kept apart, readable by this user alone, and soon deleted."""

import errno
import io
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from qa.faces.web import own_folder
from qa.faces.web.chat import uploads
from qa.faces.web.chat.uploads import UploadError, Uploads, file_name
from qa.library import Library, build
from tests.support.models import WordEncoder
from tests.support.running import running


@pytest.fixture
def kept() -> Iterator[Uploads]:
    made = Uploads()
    yield made
    made.close()


def test_each_upload_has_a_key_of_its_own_and_stays_until_it_is_removed(kept: Uploads) -> None:
    keys = [kept.keep("heart.txt", io.BytesIO(b"The heart pumps.")) for _ in range(2)]
    paths = [kept.path(key) for key in keys]
    assert len({*keys, *paths}) == 4
    assert [path.read_bytes() for path in paths if path] == [b"The heart pumps."] * 2
    kept.close()
    assert [kept.path(key) for key in keys] == [None, None]


def test_nobody_else_may_look_into_them(kept: Uploads) -> None:
    path = kept.path(kept.keep("heart.txt", io.BytesIO(b"The heart pumps.")))
    assert path is not None
    folders = [own_folder.process_folder(), kept.folder, path.parent]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700] * 3
    assert not folders[0].is_relative_to(Path.cwd())


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("heart.txt", "heart.txt"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..", "upload"),
        ("", "upload"),
        ("a<b>?:*|.txt", "a<b>?:*|.txt"),
        ("nul\0.txt", "nul_.txt"),
        ("ä" * 200 + ".txt", "ä" * 125 + ".txt"),
        ("." + "x" * 300, "." + "x" * 254),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="other systems take fewer names")
def test_a_name_is_kept_as_far_as_a_file_can_have_it(given_name: str, name: str) -> None:
    assert file_name(given_name) == name


@given(st.text())
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    path = Path(tempfile.gettempdir(), "key", file_name(name.encode(errors="replace").decode()))
    assert path.parent.name == "key"
    assert path.name not in ("", ".", "..")
    assert len(os.fsencode(path.name)) <= 255


def test_what_no_tab_has_added_is_forgotten_in_a_day(kept: Uploads) -> None:
    old, new = (kept.keep("heart.txt", io.BytesIO(b"The heart pumps.")) for _ in range(2))
    os.utime(kept.folder / old, (time.time() - 90_000,) * 2)
    kept.keep("lung.txt", io.BytesIO(b"The lung breathes."))
    assert kept.path(old) is None
    assert kept.path(new) is not None


def test_too_many_uploads_are_turned_away(kept: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_WAITING_BYTES", 10)
    kept.keep("heart.txt", io.BytesIO(b"The heart pumps."))
    with pytest.raises(UploadError, match="too many uploads wait"):
        kept.keep("lung.txt", io.BytesIO(b"The lung breathes."))


def test_what_a_process_left_that_was_killed_is_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("killed", 100), ("running", 100), ("starting", 0), ("other", 100)):
        folder = tmp_path / f"pincite-{name}"
        folder.mkdir()
        if name != "other":
            (folder / "lock").touch()
        os.utime(folder, (time.time() - age,) * 2)
    with FileLock(tmp_path / "pincite-running" / "lock"):
        os.utime(tmp_path / "pincite-running", (time.time() - 100,) * 2)
        made = own_folder.process_folder.__wrapped__()
    assert {path.name for path in tmp_path.iterdir()} == {
        "pincite-running",
        "pincite-starting",
        "pincite-other",
        made.name,
    }


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of the page for an empty library."""
    with Library(tmp_path / "library", encoder=WordEncoder()) as library:
        build(library)
        with running(library) as address, httpx.Client(base_url=address) as client:
            yield client


def upload(client: httpx.Client) -> httpx.Response:
    return client.post("gradio_api/upload", files={"files": ("heart.txt", b"The heart pumps.")})


def test_two_tabs_add_the_same_file(client: httpx.Client) -> None:
    config = client.get("config").json()
    adding = next(event["id"] for event in config["dependencies"] if ["upload"] in [t[1:] for t in event["targets"]])
    keys = [upload(client).json()[0] for _ in range(2)]
    for tab, key in enumerate(keys):
        file = {"path": key, "orig_name": "heart.txt", "meta": {"_type": "gradio.FileData"}}
        body = {"fn_index": adding, "session_hash": f"tab{tab}", "data": [[file]]}
        client.post("gradio_api/queue/join", json=body).raise_for_status()
    said = [client.get("gradio_api/queue/data", params={"session_hash": f"tab{tab}"}).text for tab in range(2)]
    assert "heart.txt: added, 1 passage" in said[0]
    assert "heart.txt: unchanged." in said[1]
    assert not any(own_folder.process_folder().rglob("heart.txt"))


def test_a_file_that_is_too_large_is_said(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [len(key) for key in upload(client).json()] == [32]
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", 3)
    refused = upload(client)
    assert (refused.status_code, refused.text) == (413, "heart.txt is larger than 0 MB; split it.")
    assert client.post("gradio_api/upload", data={"files": "text"}).status_code == 400


def test_a_full_disk_is_said(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", full)
    refused = upload(client)
    assert refused.status_code == 507
    assert refused.text == "the upload could not be kept (No space left on device); make room and try again."
