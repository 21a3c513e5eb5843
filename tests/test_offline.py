"""No network is used: not on import, not to build a library, not to ask it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import CORPUS, ROOT

# Opening a socket or looking up a host name ends the process.
BLOCKED = """
import socket, sys

def refuse(*arguments, **options):
    raise SystemExit(f"a network was wanted: {arguments[1:] or arguments}")

socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.socket.sendto = refuse
socket.getaddrinfo = refuse
socket.gethostbyname = refuse
"""

MAIN_JOB = f"""
import qa
with qa.open(sys.argv[1]) as library:
    library.add([{str(CORPUS)!r}])
    answer = library.ask("What limits the use of high-dose IL-2?")
    assert library.verify(answer).stands
    print(answer.sentences[0].source)
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.model
def test_the_main_job_needs_no_network(tmp_path: Path) -> None:
    done = run(BLOCKED + MAIN_JOB, str(tmp_path / "library"))
    assert (done.returncode, done.stdout.strip()) == (0, "003_21a118f5011cff46.txt"), done.stderr


def test_the_block_would_notice() -> None:
    done = run(BLOCKED + "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/')")
    assert done.returncode == 1
    assert "a network was wanted" in done.stderr
