"""Pincite as a retriever for other frameworks. Each module needs the extra of its name."""

from typing import Any

from qa.records import Hit, hit_to_dict

_FIELDS = ("doc_id", "source", "title", "section", "page", "start", "end", "rank", "score")


def metadata(hit: Hit) -> dict[str, Any]:
    """A passage's place, flat: offsets in the canonical text of the document, whose SHA-256 starts with ``doc_id``.

    ``warning`` is present only if a passage may differ from the printed page.
    """
    form = hit_to_dict(hit)
    warned = {"warning": hit.warning} if hit.warning else {}
    return {field: form[field] for field in _FIELDS} | warned
