"""Mutations of XML and HTML that keep it well-formed; random byte changes seldom pass the parser."""

import random
from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any

from lxml import etree


def mutated(data: bytes, chosen: random.Random, words: Sequence[bytes]) -> bytes:
    """The document with a few elements moved, copied, renamed or dropped, or with other words or attributes."""
    try:
        root = etree.fromstring(data, etree.XMLParser(recover=True, resolve_entities=False))
    except (etree.XMLSyntaxError, ValueError):
        return data
    if root is None:
        return data
    for _ in range(chosen.choice((1, 1, 2, 4))):
        elements = list(root.iter("*"))
        with suppress(ValueError):  # XML cannot hold the word or name
            chosen.choice(_CHANGES)(chosen.choice(elements), chosen.choice(elements), chosen, words)
    changed: bytes = etree.tostring(root, encoding="utf-8")
    return changed


def _move(element: Any, other: Any, chosen: random.Random, words: Sequence[bytes]) -> None:
    if element.getparent() is not None and element not in (other, *other.iterancestors()):
        other.insert(chosen.randrange(len(other) + 1), element)


def _copy(element: Any, other: Any, chosen: random.Random, words: Sequence[bytes]) -> None:
    if len(element) < 50:
        other.insert(chosen.randrange(len(other) + 1), deepcopy(element))


def _rename(element: Any, other: Any, chosen: random.Random, words: Sequence[bytes]) -> None:
    element.tag = other.tag


def _drop(element: Any, other: Any, chosen: random.Random, words: Sequence[bytes]) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def _reword(element: Any, other: Any, chosen: random.Random, words: Sequence[bytes]) -> None:
    word = chosen.choice(words).decode("utf-8", "ignore")
    setattr(element, chosen.choice(("text", "tail")), chosen.choice((word, other.text, (other.text or "") + word)))


def _attribute(element: Any, other: Any, chosen: random.Random, words: Sequence[bytes]) -> None:
    name, value = chosen.choice(list(other.items()) or [("id", "r1")])
    element.set(name, chosen.choice((value, "", chosen.choice(words).decode("utf-8", "ignore"))))


_CHANGES = (_move, _copy, _rename, _drop, _reword, _attribute)
