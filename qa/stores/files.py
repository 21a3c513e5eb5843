"""Files put in place so that they are there whole, and still there after a power cut."""

import os
from pathlib import Path


def put_in_place(temporary: Path, path: Path) -> None:
    """Rename a file that is already on disk, and return once its new name is on disk too."""
    os.replace(temporary, path)
    if os.name == "nt":  # Windows cannot open a folder, and journals renames itself
        return
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
