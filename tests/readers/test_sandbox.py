"""What a reader can do in its process: a probe reader tries it, in the process that reads every file."""

import json
import platform
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qa.readers import sandbox
from qa.readers.isolation import parse_isolated
from qa.readers.sandbox import seccomp
from tests.readers.test_formats import install
from tests.support.places import ROOT

pytestmark = pytest.mark.isolated

HELD = sandbox.held()
files = pytest.mark.skipif(not HELD.files, reason="this system has no Landlock")
network = pytest.mark.skipif(not HELD.network, reason="this system has no seccomp filter")

PROBE = """
import json, os, re, signal, socket, subprocess, sys, threading
import pincite_probe_package
from qa.readers import Block, Format, Reading

FORMAT = Format("a probe", (".probe",), "pincite_probe:read")


def read(data):
    secret, written, own, port = json.loads(data)
    attempts = {
        "nothing": lambda: None,
        "read a file": lambda: open(secret).read(),
        "read the system's accounts": lambda: open("/etc/passwd").read(),
        "list a folder": lambda: os.listdir(os.path.dirname(secret)),
        "read what started it": lambda: open(f"/proc/{os.getppid()}/environ").read(),
        "write a file": lambda: open(written, "w").write("a"),
        "write its own code": lambda: open(own, "r+").close(),
        "make a folder": lambda: os.mkdir(written),
        "remove a file": lambda: os.unlink(secret),
        "rename a file": lambda: os.rename(secret, written),
        "link a file": lambda: os.link(secret, written),
        "change who may read a file": lambda: os.chmod(secret, 0),
        "cut a file short": lambda: os.truncate(secret, 0),
        "connect": lambda: socket.create_connection(("127.0.0.1", port), 5),
        "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX),
        "start a program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        "become a program": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
        "split": lambda: os.fork() or os._exit(0),
        "signal what started it": lambda: os.kill(os.getppid(), 0),
        "read its own library": lambda: open(os.__file__).read(),
        "import a module late": lambda: __import__("wave"),
        "import a module of its package late": lambda: __import__("pincite_probe_package.late"),
        "start a thread": lambda: threading.Thread(target=int).start(),
    }
    outcomes = {}
    for name, attempt in attempts.items():
        try:
            attempt()
            outcomes[name] = "done"
        except OSError as error:
            outcomes[name] = type(error).__name__
    return Reading([Block(json.dumps([outcomes, sorted(os.environ)]))])
"""

REFUSED_FILES = [
    "read a file",
    "read the system's accounts",
    "list a folder",
    "read what started it",
    "write a file",
    "write its own code",
]
REFUSED_CALLS = [
    "write a file",
    "make a folder",
    "remove a file",
    "rename a file",
    "link a file",
    "change who may read a file",
    "cut a file short",
    "connect",
    "send a datagram",
    "open a local socket",
    "start a program",
    "become a program",
    "split",
    "signal what started it",
]
NEEDED = [
    "nothing",
    "read its own library",
    "import a module late",
    "import a module of its package late",
    "start a thread",
]


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[str]]:
    """The result of each attempt of the probe reader, and the names of its environment variables."""
    packages, kept = tmp_path_factory.mktemp("packages"), tmp_path_factory.mktemp("kept")
    install(packages, "pincite-probe", "pincite_probe", PROBE, "probe = pincite_probe:FORMAT")
    (packages / "pincite_probe_package").mkdir()
    for module in ("__init__", "late"):
        (packages / "pincite_probe_package" / f"{module}.py").touch()
    secret = kept / "secret"
    secret.write_text("a secret")
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as server:
        patch.setenv("PYTHONPATH", str(packages))
        patch.setenv("PINCITE_PASSWORD", "tell nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "tell nobody")
        named = [str(secret), str(kept / "written"), sandbox.__file__, server.getsockname()[1]]
        reading = parse_isolated(json.dumps(named).encode(), ".probe")
        outcomes, environment = json.loads(reading.blocks[0].text)
    if HELD.network:
        assert secret.read_text() == "a secret"
        assert [path.name for path in kept.iterdir()] == ["secret"]
    return outcomes, environment


@files
@pytest.mark.parametrize("attempt", REFUSED_FILES)
def test_no_file_can_be_reached(probed: tuple[dict[str, str], list[str]], attempt: str) -> None:
    assert probed[0][attempt] == "PermissionError"


@network
@pytest.mark.parametrize("attempt", REFUSED_CALLS)
def test_no_network_no_program_no_process_and_no_writing(
    probed: tuple[dict[str, str], list[str]], attempt: str
) -> None:
    assert probed[0][attempt] in ("OSError", "PermissionError")


@pytest.mark.parametrize("attempt", NEEDED)
def test_what_reading_needs_goes_on(probed: tuple[dict[str, str], list[str]], attempt: str) -> None:
    assert probed[0][attempt] == "done"


def test_the_environment_holds_no_password_and_no_key(probed: tuple[dict[str, str], list[str]]) -> None:
    assert "PYTHONPATH" in probed[1]
    assert not {"PINCITE_PASSWORD", "AWS_SECRET_ACCESS_KEY"} & set(probed[1])


def test_the_system_has_what_it_should() -> None:
    """The tests above must not be skipped if the kernel supports the locks."""
    if platform.system() != "Linux":
        assert sandbox.Held(files=False, network=False) == HELD
        return
    status = Path("/proc/self/status").read_text()
    if platform.machine() in ("x86_64", "aarch64") and "Seccomp_filters:" in status:
        assert HELD.network
    listed = Path("/sys/kernel/security/lsm")
    if listed.exists():
        assert HELD.files == ("landlock" in listed.read_text())


def test_a_lock_that_fails_is_said_and_nothing_is_read() -> None:
    """For example, an outer sandbox around this program forbids it."""
    code = (
        "import sys\n"
        "from qa.readers import sandbox, worker\n"
        "def fail(): raise OSError(1, 'Operation not permitted')\n"
        "sandbox.enter = fail\n"
        "worker.main(*sys.argv[1:])\n"
    )
    limits = json.dumps({"memory_bytes": 1 << 30, "cpu_s": 30, "wall_s": 60, "output_bytes": 1 << 20})
    done = json.loads(ran(code, ".txt", limits, data=b"IL-2 is toxic."))
    assert done["status"] == "unsupported"
    assert "(Operation not permitted)" in done["reason"]


def ran(code: str, *arguments: str, data: bytes = b"") -> str:
    """Run a program that can import this package; return its output."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, input=data, capture_output=True, check=True).stdout.decode().strip()


@files
def test_pages_are_drawn_under_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    code = (
        "import sys\n"
        "from qa.pages import drawing, worker\n"
        "from qa.pages.records import Pages\n"
        "drawing.draw = lambda data, wanted: Pages(len(open(sys.argv[1]).read()), ())\n"
        "worker.lock_in = worker.lock_in if len(sys.argv) == 2 else int\n"
        "print(worker.drawn(b'[]', b'%PDF-'))\n"
    )
    assert ran(code, str(tmp_path / "secret")) == "None"
    assert ran(code, str(tmp_path / "secret"), "without") == "{'count': 8, 'pictures': []}"


TRY = (
    "try: open(*sys.argv[1:])\n"
    "except PermissionError: print('refused')\n"
    "else: print('done')\n"
)  # fmt: skip


@network
def test_the_filter_holds_where_there_is_no_landlock(tmp_path: Path) -> None:
    code = f"import sys\nfrom qa.readers import sandbox\nsandbox.landlock.version = int\nsandbox.enter()\n{TRY}"
    assert ran(code, str(tmp_path / "a"), "w") == "refused"
    assert ran(code, __file__) == "done"


@files
def test_landlock_holds_where_there_is_no_filter(tmp_path: Path) -> None:
    code = f"import sys\nfrom qa.readers import sandbox\nsandbox.seccomp.is_available = bool\nsandbox.enter()\n{TRY}"
    assert ran(code, str(tmp_path / "a"), "w") == "refused"
    assert ran(code, __file__) == "refused"


@pytest.mark.parametrize(
    ("has", "said"),
    [
        (sandbox.Held(True, True), "kept from files, network, programs."),
        (sandbox.Held(False, True), "kept from network, programs; the rest this system cannot."),
        (sandbox.Held(True, False), "kept from files; the rest this system cannot."),
        (sandbox.Held(False, False), "which this system cannot keep from files or the network."),
    ],
)
def test_what_is_held_is_said(has: sandbox.Held, said: str) -> None:
    assert str(has).endswith(said)


@pytest.mark.parametrize(
    ("column", "header"),
    [(0, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), (1, "/usr/include/asm-generic/unistd.h")],
)
def test_the_numbers_of_calls_are_the_kernels(column: int, header: str) -> None:
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", Path(header).read_text())
    known = {{"fstatat": "newfstatat"}.get(name, name): int(number) for name, number in found}
    own = {name: row[column] for name, row in {**seccomp.ALLOWED, **seccomp.GUARDED}.items()}
    assert {name: known.get(name) for name in own if name in known or own[name] is not None} == {
        name: number for name, number in own.items() if number is not None
    }
