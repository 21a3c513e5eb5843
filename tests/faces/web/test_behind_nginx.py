"""The page behind Debian's nginx with TLS, as docs/page.md describes it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.library import Library
from tests.support.models import WordEncoder, WordReader
from tests.support.places import CORPUS, ROOT
from tests.support.running import running

NAME = "pincite.example.org"
KEY = "a-key-of-more-than-sixteen"
LOGIN = ("ada", "secret enough")
ANSWERED = "What limits the use of high-dose IL-2?"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

pytestmark = pytest.mark.skipif(
    not Path(NGINX).exists() or not shutil.which("openssl"), reason="needs nginx and openssl; .ci/run installs them"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def configured(folder: Path, port: int, page: str) -> Path:
    """A complete nginx configuration: the documented example with the ports and files of this test."""
    (site,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/page.md").read_text("utf-8"), re.DOTALL)
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "http://127.0.0.1:7860": page.rstrip("/"),
        "/etc/ssl/certs/pincite.pem": str(folder / "cert.pem"),
        "/etc/ssl/private/pincite.key": str(folder / "key.pem"),
    }
    for old, new in changes.items():
        assert old in site
        site = site.replace(old, new)
    temporary = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    log = f"pid {folder}/pid;\nerror_log {folder}/error.log;\n"
    whole = f"{log}events {{}}\nhttp {{\n    access_log off;\n{temporary}{site}}}\n"
    (folder / "nginx.conf").write_text(f"user root;\n{whole}" if os.name == "posix" and os.geteuid() == 0 else whole)
    return folder / "nginx.conf"


@contextmanager
def behind_nginx(folder: Path, page: str) -> Iterator[str]:
    """The address at which nginx serves the page."""
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files], check=True, capture_output=True
    )
    port = free_port()
    command = [NGINX, "-c", str(configured(folder, port, page)), "-e", str(folder / "error.log"), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.05)
        try:
            yield f"https://{NAME}:{port}/"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("proxied") / "library", encoder=WordEncoder(), reader=WordReader()) as library:
        library.add([CORPUS])
        yield library


@contextmanager
def proxied(library: Library, folder: Path, **access: Any) -> Iterator[str]:
    hosts = ("127.0.0.1", NAME)
    with (
        running(library, hosts=hosts, proxies=("127.0.0.1/32",), **access) as page,
        behind_nginx(folder, page) as address,
    ):
        yield address


def client(address: str, whence: str = "127.0.0.2", **options: Any) -> httpx.Client:
    """A client at another address of this machine; it resolves the name to this machine."""

    class Here(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            there = request.url.copy_with(host="127.0.0.1")
            known = {"extensions": request.extensions | {"sni_hostname": NAME}, "stream": request.stream}
            sent = httpx.Request(
                request.method, there, headers=request.headers, stream=request.stream, extensions=known
            )
            return super().handle_request(sent)

    transport = Here(verify=False, local_address=whence)
    return httpx.Client(base_url=address, transport=transport, timeout=60, **options)


def test_the_page_the_api_and_the_queue_work_through_tls(library: Library, tmp_path: Path) -> None:
    with proxied(library, tmp_path, key=KEY) as address, client(address) as served:
        assert served.get("").status_code == 401
        sent_on = served.get(f"?key={KEY}", headers={"accept": "text/html"})
        assert (sent_on.status_code, sent_on.headers["location"]) == (303, "./")
        assert "; Secure" in sent_on.headers["set-cookie"]
        assert "Pincite" in served.get("").text
        origin = {"origin": address.rstrip("/"), "sec-fetch-site": "same-origin"}
        asked = served.post("api/ask", json={"question": ANSWERED}, headers=origin)
        assert asked.json() == library.ask(ANSWERED).to_dict()
        assert served.post("api/ask", json={}, headers={"origin": "https://evil.example"}).status_code == 403
        config = served.get("config").json()
        assert config["root"] == address.rstrip("/")
        (load, *_) = [one["id"] for one in config["dependencies"] for _, event in one["targets"] if event == "load"]
        form = {"data": [], "fn_index": load, "session_hash": "proxied", "event_data": None}
        assert served.post("gradio_api/queue/join", json=form, headers=origin).status_code == 200
        events = served.get("gradio_api/queue/data", params={"session_hash": "proxied"})
        assert "process_completed" in events.text


def test_the_login_works_and_a_forged_address_is_not_counted(library: Library, tmp_path: Path) -> None:
    with proxied(library, tmp_path, login=LOGIN) as address:
        with client(address) as served:
            forged = [{"x-forwarded-for": f"192.0.2.{n}"} for n in range(25)]
            statuses = [served.get("", auth=("ada", str(n)), headers=at).status_code for n, at in enumerate(forged)]
            assert statuses == [401] * 20 + [429] * 5
        with client(address, "127.0.0.3") as other:
            assert other.get("", auth=LOGIN).status_code == 200
            assert other.get("").status_code == 200


def test_a_browser_asks_and_is_answered_through_tls(browser: Any, library: Library, tmp_path: Path) -> None:
    with proxied(library, tmp_path, key=KEY) as address:
        port = int(httpx.URL(address).port or 0)
        here = browser.browser_type.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {NAME}:{port} 127.0.0.1:{port}"],
        )
        page = here.new_page(ignore_https_errors=True)
        page.set_default_timeout(120_000)
        page.goto(f"{address}?key={KEY}")
        page.locator("#question textarea:enabled").fill(ANSWERED)
        page.keyboard.press("Enter")
        page.locator(".answer").wait_for()
        page.get_by_role("link", name="[1]", exact=True).click()
        page.frame_locator("#source iframe").locator("mark#quote").wait_for()
        (cookie,) = page.context.cookies()
        assert cookie["secure"]
        assert page.url.startswith(address)
        assert "key=" not in page.url
        here.close()
