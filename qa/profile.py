"""The profile: the numbers that order, weigh and decide, all in one file, ``qa/data/profile.toml``.

It names the models that they were fitted to, by SHA-256, and says of each table how it was fitted. Its version rises
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
    """The tables of the file."""
    return tomllib.loads(files("qa.data").joinpath(FILE).read_text("utf-8"))
