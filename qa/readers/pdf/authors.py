"""The authors of a PDF's article: from the names below its title, or from the file's metadata."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from qa.readers.pdf.layout import Block
from qa.readers.pdf.lines import Line
from qa.text.lines import collapse

_SAME_TYPE = 0.3
_NEAR_TITLE = 4
_MOST_AUTHORS = 200
_NAME_WORDS = 8
"""The most words in one name; Portuguese names can be long."""
_MARKS = re.compile(r"\[[^\]]*\]|[\^_]\{[^}]*\}|[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃ-ᶿʰ-ʸⁱⁿ*∗†‡§¶#‖✉]+|\(\d[\d, ]*\)|\d+")
_DEGREE = re.compile(
    r"^(?:M\.?D|Ph\.?D|M\.?Sc?|B\.?Sc?|MPH|MBBS|R\.?N|D\.?Phil|Dr|Prof(?:essor)?|FRCP|FACP|MRCP|MBA|MA|BA|M\.?Phil|DDS|BDS|MDS|"
    r"PharmD|DrPH|DVM|DSc|ScD|FRCS|MB|BS|PT|OD|MHS|MPhil|BMBS|MBChB|FRCPC|EdD|MEd|RD|DO|MS|BM)\.?$"
)
_PLACE = re.compile(
    r"universit|departe?ment|institut|hospital|cent(?:er|re)\b|school|college|faculty|laborator|division|clinic|academy|"
    r"program|research|group|unit\b|section|street|road|ministry|foundation|council|e-?mail|@|http|www|\bINC\b|ltd|"
    r"editor|reviewed|article|journal|\b(?:china|japan|india|iran|usa|germany|italy|france|korea|brazil|canada)\b|"
    r"abstract|keywords|received|correspond|published|\bthe\b|\bof\b|\bfor\b|\bin\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[;,|•·]\s*|\s+(?:and|und|et|&)(?:\s+|$)|\s*&\s*|\band(?:\s+|$)")
_PARTICLE = re.compile(
    r"(?:van|von|de|der|den|del|della|di|da|dos|do|du|el|al|la|le|ter|ten|bin|ibn|zu|y|e|i|st\.?|d['’].*)$"
)
_NAME_PART = re.compile(r"[^\W\d_a-z][\w'’.‐‑-]*$|[A-Z]\.?(?:-?[A-Z]\.?)*$")
_GOES_ON = re.compile(r"(?:[,;&]|\b(?:and|et))\W*$")


def authors_of(blocks: Sequence[Block], title: Sequence[Block], said: Mapping[str, Any]) -> tuple[str, ...]:
    """The authors in the nearest block of names below the title; empty if it holds anything but names."""
    if title:
        bottom = min(block.bottom for block in title)
        below = [block for block in blocks if block.top <= bottom + 4 and block not in title]
        lines = [line for block in sorted(below, key=lambda block: -block.top)[:_NEAR_TITLE] for line in block.lines]
        while lines and not any(map(_is_name, _parts(lines[0].text))):
            lines.pop(0)
        if lines:
            return _listed(lines)
    named = tuple(said.get("authors", ())) or tuple(listed_names(str(said.get("author", ""))) or ())
    return named if len(named) > 1 else ()


def _listed(lines: Sequence[Line]) -> tuple[str, ...]:
    """The names in a list that starts with the first line; empty if the list continues in an unknown form."""
    names: list[str] = []
    text, whole = "", True
    for line in lines:
        longer = f"{text} {line.text}" if text else line.text
        found = listed_names(longer)
        if found is not None:
            text, names, whole = longer, found, True
        elif _alike(line, lines[0]) and _breaks_off(longer):
            text, whole = longer, False
        elif _parts(line.text):  # more than marks alone
            whole = whole and not _lists_names(line, lines[0])
            break
    return tuple(names) if whole and not _GOES_ON.search(text) else ()


def _alike(line: Line, first: Line) -> bool:
    return abs(line.size - first.size) < _SAME_TYPE and line.bold == first.bold


def _breaks_off(text: str) -> bool:
    """Whether a line lists only names, and ends with the first word of another."""
    parts = _parts(text)
    started = parts and all(_NAME_PART.match(word) or _PARTICLE.match(word) for word in parts[-1].split())
    return len(parts) > 1 and all(map(_is_name, parts[:-1])) and bool(started)


def _lists_names(line: Line, first: Line) -> bool:
    """Whether a line continues a list of names: same type, mostly names, no place."""
    parts = _parts(line.text)
    return _alike(line, first) and 2 * sum(map(_is_name, parts)) >= max(1, len(parts)) and not _PLACE.search(line.text)


def listed_names(text: str) -> list[str] | None:
    """The names in a list, None if it holds much else."""
    parts = _parts(text)
    good = [part for part in parts if _is_name(part)]
    if not good or len(good) < len(parts) or len(good) > _MOST_AUTHORS:
        return None
    return good


def _parts(text: str) -> list[str]:
    """The parts of a list of names, without marks and degrees."""
    bare = _MARKS.sub(" , ", re.sub(r"(?<=\w)-\s(?=\w)", "-", text))
    parts = (collapse(part).strip(" .,*[]()") for part in _SPLIT.split(bare))
    plain = (" ".join(word for word in part.split() if not _DEGREE.match(word.strip(".,"))) for part in parts)
    return [part for part in plain if len(part) > 1]


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= _NAME_WORDS or _PLACE.search(text) or len(text) > 60:
        return False
    parts = [word for word in words if not _PARTICLE.match(word)]
    return (
        len(parts) >= 2
        and all(_NAME_PART.match(word) for word in parts)
        and any(len(word.strip(".")) > 1 for word in parts)
        and not (words[-1].islower() and _PARTICLE.match(words[-1]))  # its last word is on the next line
    )
