"""``run.py``: what it installs, with which program, in which order, and what it prints."""

import importlib.util
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.places import ROOT

Commands = list[list[str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py as a module, with an existing, empty environment."""
    spec = importlib.util.spec_from_file_location("run_py", ROOT / "run.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.setattr(made, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(made, "STAMP", tmp_path / "installed.sha256")
    monkeypatch.setattr(made, "PYTHON", tmp_path / "python")
    (tmp_path / "python").touch()
    monkeypatch.setattr(made, "pip_index", lambda: "")
    monkeypatch.delenv("PINCITE_INSTALLER", raising=False)
    return made


@pytest.fixture
def recording(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Commands]:
    """Makes commands with one of these words fail, and records all commands."""

    def record(**failing: int) -> Commands:
        commands: Commands = []

        def call(command: list[str], env: dict[str, str]) -> int:
            commands.append([*command[2:], f"index={env.get('UV_DEFAULT_INDEX', '')}"])
            return next((status for word, status in failing.items() if word in command), 0)

        monkeypatch.setattr(subprocess, "call", call)
        return commands

    return record


def kinds(commands: Commands) -> list[str]:
    """For each command, the program and what it installs."""
    return [f"{command[0]} {command[-2].removeprefix(str(ROOT))}" for command in commands]


def test_pip_brings_uv_and_torch_and_uv_the_rest(
    run: ModuleType, recording: Callable[..., Commands], capsys: pytest.CaptureFixture[str]
) -> None:
    commands = recording()
    run.set_up(["dev"])
    assert kinds(commands) == ["pip uv", "pip torch", "uv [dev]"]
    assert all("constraints.txt" in command for command in commands)
    said = capsys.readouterr().out
    assert said.startswith("setting up .venv, once")
    assert [line.split()[0] for line in said.splitlines()[2:]] == ["fetching", "installing", "installing", "done"]
    run.set_up([])
    assert len(commands) == 3  # already installed


@pytest.mark.parametrize(
    ("failing", "done"),
    [
        ({"uv": 1}, ["pip uv", "pip "]),
        ({"--python": 1}, ["pip uv", "pip torch", "uv ", "pip "]),
    ],
)
def test_where_uv_cannot_do_it_pip_does(
    run: ModuleType, recording: Callable[..., Commands], failing: dict[str, int], done: list[str]
) -> None:
    commands = recording(**failing)
    run.set_up([])
    assert kinds(commands) == done


def test_pip_alone_can_be_asked_for(
    run: ModuleType, recording: Callable[..., Commands], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_INSTALLER", "pip")
    commands = recording()
    run.set_up([])
    assert kinds(commands) == ["pip "]


def test_the_index_of_pip_is_that_of_uv(
    run: ModuleType, recording: Callable[..., Commands], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "pip_index", lambda: "https://mirror.example/simple")
    commands = recording()
    run.set_up([])
    assert commands[-1][-1] == "index=https://mirror.example/simple"


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ("global.index-url='https://mirror.example/simple'\nglobal.timeout='60'\n", "https://mirror.example/simple"),
        (":env:.index-url='https://mirror.example/simple'\n", "https://mirror.example/simple"),
        ("global.extra-index-url='file:///packages'\n", ""),
        ("", ""),
    ],
)
def test_the_index_is_read_as_pip_says_it(said: str, index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("run_py_index", ROOT / "run.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, stdout=said))
    assert made.pip_index() == index


def test_what_fails_twice_is_said_and_can_be_tried_again(run: ModuleType, recording: Callable[..., Commands]) -> None:
    recording(pip=1)
    with pytest.raises(SystemExit, match="Setting up failed"):
        run.set_up([])
    assert not run.STAMP.exists()


def test_who_stops_it_is_not_made_to_wait_for_pip(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "call", stopped)
    with pytest.raises(SystemExit, match="stopped"):
        run.set_up([])


def test_tests_write_to_memory_where_it_has_room(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MEMORY", tmp_path)
    monkeypatch.setattr(run, "ROOM", 0)
    assert run.in_memory() == {"TMPDIR": str(tmp_path)}
    monkeypatch.setattr(run, "ROOM", 1 << 60)
    assert run.in_memory() == {}
    monkeypatch.setattr(run, "MEMORY", tmp_path / "none")
    monkeypatch.setattr(run, "ROOM", 0)
    assert run.in_memory() == {}
