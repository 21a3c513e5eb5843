"""``qa serve`` as it is started and stopped from outside."""

import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from conftest import ROOT
from fastapi import FastAPI

from qa.cli import DONE, MISTAKE, run
from qa.library import Library
from qa.server.running import server


@pytest.mark.model
def test_the_page_is_served_until_it_is_told_to_stop(reviews: Library) -> None:
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--library", str(reviews.path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "answers at" in line)
        with urllib.request.urlopen(line.split(" answers at ")[1].split()[0], timeout=60) as reply:
            assert "Pincite" in reply.read().decode()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == DONE


def test_a_connection_outlasts_the_time_that_readers_think() -> None:
    assert server(FastAPI()).config.timeout_keep_alive > 60


@pytest.mark.model
def test_a_port_that_is_taken_is_a_mistake_in_a_sentence(reviews: Library, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(["serve", "--port", port, "--library", str(reviews.path)]) == MISTAKE
    assert "name another port with --port" in capsys.readouterr().err
