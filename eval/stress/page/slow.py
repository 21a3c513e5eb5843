"""Let hundreds of connections hang, and ask questions meanwhile.

    python -m eval.stress.page.slow --library DIR [--connections 500] [--asked 10] [--files 0 256]

'qa serve' answers a copy of the library, once for each limit of open files (0: this shell's). Each kind of client hangs
in turn, on many connections at once: with half a head, with half a body and the key, with half a body and no key, and
with a long reply that it does not read. Meanwhile questions are asked by /api/ask, each on a new connection. Prints how
many were answered and how long they took; how many of the connections the server still held after the last, and when it
had closed all; and how much it wrote to standard error. Exit status 1 if a question was not answered. Needs Linux.
"""

import argparse
import os
import resource
import shutil
import socket
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from eval.stress.page.serving import Served, served

QUESTION = "What limits the use of high-dose IL-2?"
GIVE_UP_S = 120.0
PIPELINED = 300
"""Requests for the page's style on one connection, some 1.5 MB: more than the system's buffers hold."""


def kinds(key: str) -> dict[str, bytes]:
    """What each kind of client sends."""
    head = b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    known = f"Authorization: Bearer {key}\r\n".encode()
    body = b'Content-Length: 1000\r\n\r\n{"question": '
    get = b"GET /page/page.css HTTP/1.1\r\nHost: 127.0.0.1\r\n" + known + b"\r\n"
    return {
        "half a head": head,
        "half a body, with the key": head + known + body,
        "half a body, without": head + body,
        "takes nothing of a reply": get * PIPELINED,
    }


def hanging(address: str, sent: bytes, count: int) -> list[socket.socket]:
    """Open this many connections and send on each. Each has its own address, as limits are by address."""
    parts = urlsplit(address)
    made = []
    for number in range(count):
        whence = (f"127.2.{number // 250}.{number % 250 + 1}", 0)
        where = (str(parts.hostname), int(parts.port or 80))
        connection = socket.create_connection(where, timeout=GIVE_UP_S, source_address=whence)
        connection.setblocking(False)
        with suppress(OSError):  # the server has already closed it, or accepts no more
            connection.send(sent)
        made.append(connection)
    return made


def still_open(server: Served) -> int:
    """The server's open sockets, except the listening one. Sockets that only the system still serves do not count."""
    return (
        sum(name.startswith("socket:") for name in map(_target, Path(f"/proc/{server.process.pid}/fd").iterdir())) - 1
    )


def _target(file: Path) -> str:
    with suppress(FileNotFoundError):  # closed since
        return os.readlink(file)
    return ""


def asked(server: Served, count: int) -> list[float]:
    """The seconds of each answer; GIVE_UP_S if there was none."""
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        try:
            with httpx.Client(timeout=GIVE_UP_S, headers={"Authorization": f"Bearer {server.key}"}) as client:
                good = client.post(f"{server.address}api/ask", json={"question": QUESTION}).status_code == 200
        except httpx.HTTPError:
            good = False
        took.append(time.perf_counter() - begun if good else GIVE_UP_S)
    return took


def tried(server: Served, kind: str, sent: bytes, given: argparse.Namespace) -> int:
    """Print the results of one kind. Returns how many questions were not answered."""
    before = still_open(server)
    connections = hanging(server.address, sent, given.connections)
    begun = time.perf_counter()
    took = asked(server, given.asked)
    held = still_open(server) - before
    while still_open(server) > before and time.perf_counter() - begun < GIVE_UP_S:
        time.sleep(0.2)
    left, gone_s = max(0, still_open(server) - before), time.perf_counter() - begun
    for connection in connections:
        connection.close()
    lost = took.count(GIVE_UP_S)
    when = f"{gone_s:.0f} s" if not left else f"{left} stayed"
    median, most = statistics.median(took), max(took)
    print(f"| {kind} | {len(took) - lost} of {len(took)} | {median:.2f} | {most:.2f} | {held} | {when} |", flush=True)
    return lost


def hung(library: Path, files: int, given: argparse.Namespace) -> int:
    """Print the table for one limit of open files. Returns how many questions were not answered."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "library")
        shutil.copytree(library, copy)
        with served(copy, under=["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh"]) as server:
            alone_s = statistics.median(asked(server, given.asked))
            print(f"{given.connections} connections, ulimit -n {files}; alone a question takes {alone_s:.2f} s")
            print(
                "| hanging | answered | median s | most s | held then | all closed after |\n|---|---|---|---|---|---|"
            )
            lost = sum(tried(server, kind, sent, given) for kind, sent in kinds(server.key).items())
        print(f"{len(server.said)} lines, {sum(map(len, server.said)):,} characters on standard error\n")
    return lost


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--library", type=Path, required=True)
    options.add_argument("--connections", type=int, default=500)
    options.add_argument("--asked", type=int, default=10)
    options.add_argument("--files", type=int, nargs="+", default=[0, 256])
    given = options.parse_args()
    usual, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, given.connections + 200), hard))
    lost = sum(hung(given.library, files or usual, given) for files in given.files)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
