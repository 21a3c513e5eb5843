"""``qa serve``, started and stopped from outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from qa.faces.cli.main import run
from qa.faces.cli.options import DONE, MISTAKE
from qa.faces.web.running import server
from qa.library import Library
from tests.support.places import ROOT


@pytest.mark.model
@pytest.mark.parametrize(("signal_", "status"), [(signal.SIGINT, DONE), (signal.SIGTERM, -signal.SIGTERM)])
def test_the_page_is_served_until_it_is_told_to_stop(
    reviews: Library, tmp_path: Path, signal_: signal.Signals, status: int
) -> None:
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--library", str(reviews.path)]
    seen = tmp_path / "seen"
    (tmp_path / "browser").write_text(f'#!/bin/sh\necho "$@" >> {seen}\ncat "${{1#file://}}" >> {seen}\n')
    (tmp_path / "browser").chmod(0o700)
    shown = {"BROWSER": f"{tmp_path / 'browser'} %s", "DISPLAY": ":99"}
    there = {name: value for name, value in os.environ.items() if name != "CI"} | {"TMPDIR": str(tmp_path)} | shown
    with subprocess.Popen(command, cwd=ROOT, env=there, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = []
        while not said or "answers at" not in said[-1]:
            said.append(process.stderr.readline())
        *before, line = said
        assert before == [
            f"Starting Pincite over the library {reviews.path} …\n",
            "Loading the page …\n",
            "Loading the model …\n",
        ]
        printed = re.fullmatch(r"Pincite answers at (http://127\.0\.0\.1:\d+/)(\?key=[\w-]{43}) \(.*\)\n", line)
        assert printed
        with urllib.request.urlopen(printed[1] + printed[2], timeout=60) as reply:
            assert "Pincite" in reply.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(printed[1], timeout=60)
        while not seen.is_file() or "refresh" not in seen.read_text():
            time.sleep(0.05)
        asked_for, page = seen.read_text().split("\n", 1)
        assert printed[2] not in asked_for  # every account on the machine can see it
        assert f"url={printed[1]}{printed[2]}" in page
        again = subprocess.run(
            [*command, "--port", printed[1].split(":")[2].strip("/")], cwd=ROOT, env=there, stderr=-1
        )
        assert again.returncode == DONE
        assert f"already running at {printed[1]}{printed[2]}\n" in again.stderr.decode()
        sent = httpx.post(f"{printed[1]}gradio_api/upload{printed[2]}", files={"files": b"Words."})
        (upload,) = tmp_path.glob(f"pincite-*/*/{sent.json()[0]}/*")
        assert upload.read_text() == "Words."
        process.send_signal(signal_)
        process.communicate(timeout=120)  # a busy machine is no fault of the page
    assert process.returncode == status
    left = [path.name for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"]
    assert sorted(left) == ["browser", "seen"]


def test_a_connection_outlasts_the_time_that_readers_think() -> None:
    assert server(FastAPI()).config.timeout_keep_alive > 60


@pytest.mark.model
def test_a_port_that_is_taken_is_a_mistake_in_a_sentence(reviews: Library, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(["serve", "--port", port, "--library", str(reviews.path)]) == MISTAKE
    assert "name another port with --port" in capsys.readouterr().err
