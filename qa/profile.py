"""The profile: all weights, limits and thresholds, in one file, ``qa/data/profile.toml``.

The file names, by SHA-256, the models that they were fitted to, and says how each table was fitted. Its version rises
with every change of a number.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "profile.toml"


@cache
def profile() -> Mapping[str, Any]:
    """The tables of the file, read once."""
    return tomllib.loads(files("qa.data").joinpath(FILE).read_text("utf-8"))
