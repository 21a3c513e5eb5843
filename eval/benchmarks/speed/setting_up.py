"""Time the first set-up from an empty directory, by pip and uv in turn, each with empty caches.

    python -m eval.benchmarks.speed.setting_up [--runs N]

Each run copies the repository's files into a new folder and starts ``run.py qa --version`` there, which makes the
environment. Prints the seconds of each run, the medians, and their ratio. Both installers profit alike from what the
package index or this machine's disk has cached.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from eval.places import ROOT


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    seconds: dict[str, list[float]] = {"pip": [], "uv": []}
    for number in range(given.runs):
        for installer in sorted(seconds, reverse=bool(number % 2)):
            seconds[installer].append(set_up(installer))
            print(f"run {number + 1}, {installer}: {seconds[installer][-1]:.1f} s", flush=True)
    medians = {installer: statistics.median(one) for installer, one in seconds.items()}
    print(
        f"medians: pip {medians['pip']:.1f} s, uv {medians['uv']:.1f} s; uv / pip {medians['uv'] / medians['pip']:.2f}"
    )
    return 0


def set_up(installer: str) -> float:
    """The seconds of one set-up."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, caches = Path(temporary, "pincite"), Path(temporary, "caches")
        files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in filter(None, files.split("\0")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        own = {"PIP_CACHE_DIR": str(caches / "pip"), "UV_CACHE_DIR": str(caches / "uv"), "PINCITE_INSTALLER": installer}
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "run.py", "qa", "--version"], cwd=folder, env={**os.environ, **own})
        if done.returncode:
            sys.exit(f"the set-up by {installer} failed; the lines above say why.")
        return time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
