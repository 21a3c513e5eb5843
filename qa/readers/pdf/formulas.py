"""Broken formulas in a PDF: their sentences are kept, but cannot be quoted.

A formula takes several lines. Read line by line, an index may lose its base, or an operator its operands. Text that may
differ from the printed page is no evidence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from qa.readers.blocks import Block
from qa.records import Mention
from qa.text.sentences import split_sentences

_LOWERED = "₀-₎ₐ-ₜᵢ-ᵪⱼ"
_TORN = re.compile(
    rf"(?:^|[\s,;(=])(?:[{_LOWERED}]|_\{{)"  # an index without a base
    r"|\b[a-z]{2,}_\{"  # the index of a word: "than_{cr}"
    r"|[=×÷∑∫]\s*[,;](?!\s?\d)|[=×÷∑∫]\s*\.?\s*$|[−+]\s+[−+=]|=\s+="  # operators without operands
)


def is_torn(sentence: str) -> bool:
    """Whether a sentence has a broken formula.

    >>> is_torn("It is stable for k larger than_{cr} k."), is_torn("It is stable where k > k_{cr}, at P = 0.05.")
    (True, False)
    """
    return _TORN.search(sentence) is not None


def without_torn_formulas(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with sentences that have a broken formula split off into a role that is never quoted."""
    return [
        part for block in blocks for part in (_parts(block) if block.role == "body" and not block.level else [block])
    ]


def _parts(block: Block) -> Iterator[Block]:
    if block.role != "body" or block.level or not is_torn(block.text):
        yield block
        return
    spans = split_sentences(block.text)
    for torn, run in groupby(spans, key=lambda span: is_torn(block.text[slice(*span)])):
        sentences = list(run)
        part = _cut(block, sentences[0][0], sentences[-1][1])
        yield replace(part, role="boilerplate") if torn else part


def _cut(block: Block, start: int, end: int) -> Block:
    """The part of a block at a span of its text."""
    pages = tuple(
        (max(0, at - start), number) for at, number in block.pages if at < end and (at >= start or start == 0)
    )
    mentions = [Mention(m.start - start, m.end - start, m.reference) for m in block.mentions if start <= m.start < end]
    return replace(block, text=block.text[start:end], pages=pages, mentions=tuple(mentions))
