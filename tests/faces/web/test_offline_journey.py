"""Using the page without a network, and how the measurement reads a trace of system calls."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa.library import Library
from qa.stores.conversations.store import FILE
from tests.support.places import ROOT

TRACE = """\
12 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = -1 ENOENT (No such file or directory)
12 bind(4, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
13 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2606::1", \
&sin6_addr), sin6_scope_id=0}, 28 <unfinished ...>
13 <... connect resumed>) = -1 ENETUNREACH (Network is unreachable)
12 sendto(6, "\\1", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 1
12 sendto(4, "HTTP/1.1 200 OK", 15, 0, NULL, 0) = 15
12 sendto(7, [{nlmsg_len=20}], 20, 0, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 20
12 connect(5, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = 0
"""


@pytest.fixture
def offline() -> Any:
    pytest.importorskip("fcntl", reason="looks at system calls of Linux")
    from eval.stress.page import offline

    return offline


def test_what_is_turned_to_is_read_and_judged(offline: Any) -> None:
    found = offline.turned_to(TRACE.splitlines())
    assert dict(found) == {
        ("connect", "AF_UNIX /run/x"): 1,
        ("bind", "127.0.0.1"): 1,
        ("connect", "2606::1"): 1,
        ("sendto", "127.0.0.53, a name looked up"): 1,
        ("sendto", "AF_NETLINK"): 1,
        ("connect", "::1"): 1,
    }
    assert {address for _, address in found if not offline.is_here(address)} == {
        "2606::1",
        "127.0.0.53, a name looked up",
    }


def test_a_program_that_turns_elsewhere_is_noticed(offline: Any, tmp_path: Path) -> None:
    if not offline.works(*offline.STRACE, "-o", "/dev/null", "true"):
        pytest.skip("strace cannot trace here")
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.7', 9))"
    subprocess.run([*offline.STRACE, "-o", str(tmp_path / "trace"), sys.executable, "-c", code], capture_output=True)
    assert offline.turned_to((tmp_path / "trace").read_text().splitlines())["connect", "192.0.2.7"] == 1


@pytest.mark.model
@pytest.mark.isolated
def test_the_whole_way_needs_no_network(offline: Any, browser: Any, reviews: Library, tmp_path: Path) -> None:
    if not offline.works(*offline.STRACE, "-o", "/dev/null", "true"):
        pytest.skip("strace cannot trace here")
    library = tmp_path / "library"
    shutil.copytree(reviews.path, library, ignore=shutil.ignore_patterns(f"{FILE}*"))
    command = [sys.executable, "-m", "eval.stress.page.offline", "--library", str(library)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| bind | 127.0.0.1 | 1 |" in done.stdout
    assert ", 0 addresses or requests elsewhere" in done.stdout
