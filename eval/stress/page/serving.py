"""'qa serve' as users start it, while a block runs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from eval.places import ROOT

QA = (sys.executable, "-m", "qa")


@dataclass(frozen=True)
class Served:
    """The page's address, its key, the server's process, and its lines on standard error."""

    address: str
    key: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def entrance(self) -> str:
        """The address with its key, as printed."""
        return f"{self.address}?key={self.key}"


@contextmanager
def served(library: Path, under: Sequence[str] = ()) -> Iterator[Served]:
    """Serve the library's page. ``under`` is a command that runs another, such as strace."""
    command = [*under, *QA, "serve", "--no-browser", "--port", "0", "--library", str(library)]
    own = {name: value for name, value in os.environ.items() if name != "CI"}  # these silence some libraries
    with subprocess.Popen(
        command, cwd=ROOT, env=own, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True
    ) as process:
        assert process.stderr is not None
        line = next((line for line in process.stderr if "answers at" in line), None)
        if line is None:
            sys.exit("'qa serve' did not start; run it by itself to see why.")
        address, _, key = line.split(" answers at ")[1].split()[0].partition("?key=")
        started = Served(address, key, process)
        reading = Thread(target=started.said.extend, args=(process.stderr,))
        reading.start()
        try:
            yield started
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=60)
            reading.join()
