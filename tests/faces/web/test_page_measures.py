"""Short forms of the page measurements in eval/stress/page. They show that these still run and pass."""

import os
import subprocess
import sys

import pytest

from tests.support.places import ROOT

pytestmark = pytest.mark.usefixtures("browser")


def run(*arguments: str) -> str:
    """Run a measurement, which must pass; return its output."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.model
def test_the_whole_journey_by_keyboard_alone_takes_at_most_40_tabs() -> None:
    assert "by keyboard" in run("-m", "eval.stress.page.journey", "--by", "keyboard")


def test_a_few_torture_strings_are_shown_character_for_character() -> None:
    said = run("-m", "eval.stress.page.torture", "--count", "32", "--seed", "7")
    assert said.startswith("32 strings")
    assert said.count("| 0 |") == 11


@pytest.mark.skipif(
    "PINCITE_AXE" not in os.environ,
    reason="needs axe-core: npm pack axe-core, and name its axe.min.js with PINCITE_AXE",
)
def test_every_state_of_the_page_is_accessible_on_a_dark_phone() -> None:
    assert "19 states, 0 violations" in run("-m", "eval.stress.page.accessibility", "--only", "dark-320")
