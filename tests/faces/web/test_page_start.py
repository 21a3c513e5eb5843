"""What the measurement of the page's start reads from the system."""

import importlib
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def test_what_a_process_and_its_children_compute_is_counted() -> None:
    pytest.importorskip("playwright.sync_api")
    start = importlib.import_module("eval.benchmarks.speed.page_start")
    busy = "import time\nwhile time.process_time() < .2: pass\nprint('done', flush=True)\ninput()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        own, whole = start.computed(process.pid), start.computed(os.getpid())
        process.communicate(b"\n")
    assert own >= 0.2
    assert whole >= own
    assert start.fields_of(start.Path("/proc/0")) is None
