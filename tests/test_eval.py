"""Short forms of the long measurements in eval/, so that they keep working and keep passing."""

import subprocess
import sys

from conftest import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_a_few_kills_lose_nothing() -> None:
    done = run("eval/kill.py", "--kills", "6", "--seed", "11")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 kills" in done.stdout
    assert " 0 problems" in done.stdout
