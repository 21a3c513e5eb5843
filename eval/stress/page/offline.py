"""Go the chat page's whole way without a network, and list every address that the server contacted.

    python -m eval.stress.page.offline [--library DIR]

'qa serve' (without DIR on a new library of the built-in corpus) and all processes that it starts run under strace, in a
network namespace with only a loopback interface. So does a browser that asks, opens a citation, adds a file, asks about
it, asks again over HTTP, exports, and looks at the history. Counts the calls that name an address (allowed: Unix
sockets, netlink and this machine's own addresses, but no name look-up), and the requests of the page. Needs Linux with
strace, Playwright and Chromium; says so where namespaces are not permitted. Exit status 1 for any other address, or for
a request to another host.
"""

import argparse
import fcntl
import ipaddress
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from eval.places import ROOT
from eval.stress.page.serving import QA, served

STRACE = (
    "strace",
    "-f",
    "--seccomp-bpf",
    "-qq",
    "-e",
    "signal=none",
    "-e",
    "trace=connect,bind,sendto,sendmsg,sendmmsg",
)
CALL = re.compile(r"(connect|bind|sendto|sendmsg|sendmmsg)\(.*?sa_family=(AF_\w+)")
PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
PATH = re.compile(r'sun_path=@?"([^"]+)"')
DOMAIN = 53
FORMS = ("markdown", "bibtex", "ris", "csl", "json")
QUESTION = "What limits the use of high-dose IL-2?"
TEXT = "Summary\n\nGlucagon raises the blood glucose level within minutes of an injection.\n"

_SIOCSIFFLAGS, _UP = 0x8914, 0x41


def turned_to(trace: Iterable[str]) -> Counter[tuple[str, str]]:
    """How often each call named each address in strace's output."""
    return Counter((found[1], _address(found[2], line)) for line in trace if (found := CALL.search(line)))


def _address(family: str, line: str) -> str:
    if family not in ("AF_INET", "AF_INET6"):
        path = PATH.search(line)
        return f"{family} {path[1]}" if path else family
    address, port = ADDRESS.search(line), PORT.search(line)
    assert address, line
    shown = address[1] or address[2]
    return f"{shown}, a name looked up" if port and int(port[1]) == DOMAIN else shown


def is_here(address: str) -> bool:
    """Whether an address is on this machine."""
    if address.startswith(("AF_UNIX", "AF_NETLINK")):
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def raise_loopback() -> None:
    """Switch on the loopback interface of a new namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _UP))


def journey(address: str, entrance: str, folder: Path) -> list[str]:
    """Go the way in a browser from the entrance. Returns the requests to other hosts."""
    from eval.stress.page.browsing import chromium

    elsewhere: list[str] = []
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.on(
            "request", lambda r: elsewhere.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None
        )
        page.goto(entrance)
        _ask(page, QUESTION)
        page.get_by_role("link", name="[1]", exact=True).first.click()
        page.frame_locator("#source iframe").locator("mark#quote").wait_for()
        page.get_by_role("button", name="Close").click()
        (folder / "glucagon.txt").write_text(TEXT, "utf-8")
        page.get_by_role("tab", name="Documents").click()
        page.locator("input[type=file]").set_input_files(folder / "glucagon.txt")
        page.get_by_text("glucagon.txt: added").wait_for()
        page.get_by_role("tab", name="Ask").click()
        _ask(page, "How soon does glucagon raise the blood glucose level?")
        page.locator(".answer").last.get_by_text("within minutes of an injection").first.wait_for()
        assert _status(page, "api/ask", {"question": QUESTION}) == 200
        exports = (
            page.locator(".answer").first.locator("a[href*='/as/']").evaluate_all("links => links.map(a => a.href)")
        )
        assert {link.rsplit("/", 1)[1] for link in exports} == set(FORMS), exports
        assert {_status(page, link) for link in exports} == {200}
        page.get_by_role("tab", name="History").click()
        page.get_by_label("Name of this conversation").wait_for()
        browser.close()
    return elsewhere


def _ask(page: Any, question: str) -> None:
    before = page.locator(".answer").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".answer").nth(before).wait_for()


def _status(page: Any, link: str, body: Any = None) -> int:
    sent = """([link, body]) => fetch(link, body && {method: "POST", body: JSON.stringify(body),
        headers: {"Content-Type": "application/json"}}).then(reply => reply.status)"""
    return int(page.evaluate(sent, [link, body]))


def watched(library: Path | None) -> int:
    """Go the way and print the contacted addresses. Returns how many addresses and requests were elsewhere."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if library:
            shutil.copytree(library, folder / "library")
        else:
            subprocess.run([*QA, "add", "corpus", "--library", str(folder / "library")], cwd=ROOT, check=True)
        with served(folder / "library", under=[*STRACE, "-o", str(folder / "trace")]) as server:
            elsewhere = journey(server.address, server.entrance, folder)
        calls = turned_to((folder / "trace").read_text("utf-8", "replace").splitlines())
    print("| call | address | times |\n|---|---|---|")
    for (call, address), times in sorted(calls.items()):
        print(f"| {call} | {address} | {times:,} |")
    for url in elsewhere:
        print(f"the page asked for {url}")
    wrong = sum(not is_here(address) for _, address in calls) + len(elsewhere)
    print(f"{calls.total():,} calls, {wrong} addresses or requests elsewhere")
    return wrong


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--library", type=Path)
    options.add_argument("--cut-off", action="store_true", help=argparse.SUPPRESS)  # started again, in a namespace
    given = options.parse_args()
    if given.cut_off:
        raise_loopback()
    elif works("unshare", "-rn", "true"):
        return subprocess.call(["unshare", "-rn", sys.executable, "-m", __spec__.name, "--cut-off", *sys.argv[1:]])
    else:
        print("not cut off from the network: namespaces are not permitted here")
    if not works(*STRACE, "-o", "/dev/null", "true"):
        sys.exit("strace cannot trace here; install it, or permit ptrace.")
    return 1 if watched(given.library) else 0


def works(*command: str) -> bool:
    """Whether a command works here."""
    return shutil.which(command[0]) is not None and subprocess.run(command, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
