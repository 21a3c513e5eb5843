"""What an Answer says of the library that it was made with."""

from typing import Any

from qa import __version__
from qa.readers.reading_version import read_before
from qa.stores.base import Store


def described(store: Store) -> dict[str, Any]:
    """The store's generation, model and counts. ``read_before`` is there only if an earlier version read some files."""
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
