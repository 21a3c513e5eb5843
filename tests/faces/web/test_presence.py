"""The page's address: only its user learns it, strangers cannot fake it, and it opens only on a visible screen."""

import json
import os
import re
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from qa.faces.cli.main import run
from qa.faces.cli.options import DONE, MISTAKE
from qa.faces.web import own_folder, presence
from qa.faces.web.presence import Presence, announce, found_at, may_open, open_browser
from qa.library import Library
from tests.support.models import WordEncoder
from tests.support.places import CORPUS

HERE = Presence(7860, "http://127.0.0.1:7860/?key=a-key-of-its-own", "/a library")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where processes make their own folders, empty at first."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@contextmanager
def serving(folder: Path, told: Presence, mode: int = 0o700) -> Iterator[Path]:
    """The folder of another process that serves a page while the block runs."""
    made = folder / "pincite-other"
    made.mkdir(mode)
    made.chmod(mode)
    (made / "serving.json").write_text(
        json.dumps({"port": told.port, "address": told.address, "library": told.library})
    )
    (made / "open.html").write_text("the way in")
    with FileLock(made / "lock"):
        yield made


def test_a_page_is_found_by_its_port_for_as_long_as_it_is_served(folder: Path) -> None:
    with serving(folder, HERE) as made:
        assert found_at(7860) == (HERE, made / "open.html")
        assert found_at(7861) is None
    assert found_at(7860) is None  # a killed process leaves its folder; the port may be a stranger's now


@pytest.mark.skipif(os.name != "posix", reason="other systems have other permissions")
def test_what_others_can_enter_is_not_believed(folder: Path) -> None:
    with serving(folder, HERE, mode=0o755):
        assert found_at(7860) is None


@pytest.mark.parametrize(
    "told", ["", "[]", "{}", '{"port": 7860}', '{"port": 7860, "address": "x", "library": "y", "more": 1}']
)
def test_what_is_not_whole_is_passed_over(folder: Path, told: str) -> None:
    with serving(folder, HERE) as made:
        (made / "serving.json").write_text(told)
        assert found_at(7860) is None


def test_what_is_told_is_for_its_user_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_folder.process_folder.cache_clear()
    way_in = announce(HERE)
    assert found_at(7860) == (HERE, way_in)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (way_in, way_in.with_name("serving.json"))] == [0o600] * 2
    assert f'url={HERE.address}"' in way_in.read_text()
    opened: list[str] = []
    monkeypatch.setattr(presence.webbrowser, "open", opened.append)
    open_browser(way_in).join()
    assert opened == [way_in.as_uri()]
    assert "key" not in opened[0]
    presence.withdraw()
    assert found_at(7860) is None
    assert not way_in.exists()
    own_folder.process_folder.cache_clear()


@pytest.mark.parametrize(
    ("environment", "platform", "opens"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0", "CI": "true"}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"CI": "1"}, "darwin", False),
    ],
)
def test_a_browser_is_opened_where_somebody_can_see_it(environment: dict[str, str], platform: str, opens: bool) -> None:
    assert may_open(environment, platform) is opens


@pytest.fixture
def library(tmp_path: Path) -> Path:
    with Library(tmp_path / "library", encoder=WordEncoder()) as made:
        made.add([CORPUS])
    return tmp_path / "library"


@pytest.mark.parametrize(("options", "opened"), [([], 1), (["--no-browser"], 0)])
def test_a_second_start_says_where_the_first_one_is(
    folder: Path,
    library: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    opened: int,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(presence.webbrowser, "open", asked.append)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("CI", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        there = Presence(port, f"http://127.0.0.1:{port}/?key=k", str(library.resolve()))
        with serving(folder, there) as made:
            assert run(["serve", "--port", str(port), "--library", str(library), *options]) == DONE
            assert asked == [(made / "open.html").as_uri()] * opened
        assert f"Pincite is already running at {there.address}\n" in capsys.readouterr().err
        taken.settimeout(0.2)
        with pytest.raises(TimeoutError):  # no request went to that port
            taken.accept()


def test_another_library_or_a_stranger_at_the_port_is_a_mistake(
    folder: Path, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(folder, Presence(port, "http://there/", "/elsewhere")):
            assert run(["serve", "--port", str(port), "--library", str(library)]) == MISTAKE
        assert "the library /elsewhere is served at http://there/ already; name another port" in capsys.readouterr().err
        assert run(["serve", "--port", str(port), "--library", str(library)]) == MISTAKE
    said = capsys.readouterr().err
    assert re.fullmatch(
        rf"Starting Pincite over the library .* …\nqa: the page cannot be served at 127\.0\.0\.1:{port}; .*\n", said
    )
