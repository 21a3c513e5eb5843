"""Plain text: wrapped lines, one-line paragraphs, headings on lines of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.readers.blocks import Block, Reading, standard_role
from qa.readers.encoding import decoded
from qa.readers.frontmatter import Fields, annotate
from qa.text.lines import collapse, is_wrapped, join_lines, vocabulary

_PARAGRAPH_BREAK = re.compile(r"\n[ \t\\]*(?:\n[ \t\\]*)+|\f")
_HAS_WORD = re.compile(r"\w")
_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\.?\s+[A-Z]")
_ENDS_SENTENCE = re.compile(r"[.!?][\"'”’)\]]*$")
_ENDS_OPEN = re.compile(r"[\w,;()\]-]$")
_RUN_IN_HEADING = re.compile(r"(Abstract|Summary|Text)\s*:\s+(?=\S)")

_HEADING_LENGTH = 100
_HEADING_WORDS = 14


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    alone: bool
    """Whether it is one line, with blank lines or the file's ends around it."""


def read(data: bytes) -> Reading:
    """The reading of a plain text file."""
    found = decoded(data)
    blocks, fields = read_plain(found.text)
    return Reading(blocks, {**fields, **found.fields})


def read_plain(text: str) -> tuple[list[Block], Fields]:
    """The blocks of a plain text and its metadata fields."""
    paragraphs = _continued(list(_paragraphs(text)))
    return annotate(list(_blocks(paragraphs)))


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """Each paragraph on one line. A paragraph without any word is decoration and is dropped."""
    known = vocabulary(text)
    for chunk in _PARAGRAPH_BREAK.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [line.strip() for line in chunk.split("\n") if _HAS_WORD.search(line)]
        for run in _split_at_headings(lines):
            if is_wrapped(run):
                yield _Paragraph(join_lines(run, known), alone=False)
            else:
                yield from (_Paragraph(collapse(line), alone=len(lines) == 1) for line in run)


def _split_at_headings(lines: list[str]) -> Iterator[list[str]]:
    """The lines in runs. A usual heading after a finished sentence gets its own run."""
    run: list[str] = []
    for line in lines:
        if standard_role(line) is not None and (not run or _ENDS_SENTENCE.search(run[-1])):
            yield from ([run] if run else [])
            yield [line]
            run = []
        else:
            run.append(line)
    if run:
        yield run


def _continued(paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """Join a paragraph that a page or column break cut in mid-sentence."""
    joined: list[_Paragraph] = []
    for paragraph in paragraphs:
        last = joined[-1].text if joined else ""
        if paragraph.text[0].islower() and len(last) > _HEADING_LENGTH and _ENDS_OPEN.search(last):
            joined[-1] = _Paragraph(f"{last} {paragraph.text}", alone=False)
        else:
            joined.append(paragraph)
    return joined


def _blocks(paragraphs: list[_Paragraph]) -> Iterator[Block]:
    for position, paragraph in enumerate(paragraphs):
        text, is_last = paragraph.text, position + 1 == len(paragraphs)
        run_in = _RUN_IN_HEADING.match(text)
        if run_in:
            yield Block(run_in.group(1), level=1)
            yield Block(text[run_in.end() :])
        elif not is_last and (standard_role(text) or (paragraph.alone and looks_like_heading(text))):
            yield Block(text, level=heading_level(text))
        else:
            yield Block(text)


def looks_like_heading(paragraph: str) -> bool:
    """Whether a paragraph alone on its line is worded like a heading."""
    return (
        len(paragraph) <= _HEADING_LENGTH
        and len(paragraph.split()) <= _HEADING_WORDS
        and (paragraph[0].isupper() or _NUMBERED.match(paragraph) is not None)
        and paragraph[-1] not in ".,;:"
        and not re.search(r"[;=@]|https?:|: ", paragraph)
    )


def heading_level(heading: str) -> int:
    """The heading level: by its number if it has one; else 1 for usual article parts, 2 for others."""
    numbered = _NUMBERED.match(heading)
    if numbered:
        return numbered.group(1).count(".") + 1
    return 1 if standard_role(heading) is not None else 2
