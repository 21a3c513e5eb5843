"""What an Answer says of the library that it was made with."""

from typing import Any

from qa import __version__
from qa.readers.reading_version import read_before
from qa.stores.base import Store


def described(store: Store) -> dict[str, Any]:
    """The generation and what is so of it; ``read_before`` only where an earlier version has read some of the files."""
    model, before = store.model, read_before(store.fingerprints().values())
    return {
        "generation": store.generation,
        "model": model.name,
        "model_sha256": model.sha256,
        "runtime": model.runtime,
        "documents": len(store.document_ids()),
        "passages": store.index.size(),
        "pincite": __version__,
    } | ({"read_before": before} if before else {})
