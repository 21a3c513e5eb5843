"""Measure how exponents, indices, reference marks and tables of JATS XML are kept, against the XML itself.

    python -m eval.benchmarks.reading.scripts FOLDER... [--files 200] [--cells 300] [--seed 0]

Takes all .xml and .nxml files of the first folder and ``--files`` drawn from each other folder. Prints three things.
For every ``sup`` and ``sub`` of abstract and body outside formulas: whether the text has it, in order, raised, lowered
or as a mark. For links to references: how many run into a number. For ``--cells`` table cells drawn at random: how many
can be quoted alone on one line with the heads that a plain expansion of the grid gives. Exits with 1 unless all are
kept. Uses the reader's own code only to read.
"""

import argparse
import random
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from eval.benchmarks.reading import jats
from eval.benchmarks.reading.jats import document_of
from qa.readers.blocks import NotReadable
from qa.records import Document

BLOCKS = "td th p title label attrib list-item term def"
LEFT_OUT = (
    "ref-list front-stub inline-formula disp-formula math tex-math alt-text long-desc permissions contrib aff "
    "author-notes kwd-group funding-group custom-meta graphic media object-id"
)
LONG_HEADS, LONG_CELL, MANY_CELLS = 150, 400, 1_000
"""Beyond these, heads are named by number, cells are split into sentences, tables into rows (qa/readers/tables)."""

_NESTED = re.compile(r"[\^_]\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\[\]]*\]|\([^()]*\)")
_SIGNS = frozenset("*∗†‡§¶#°º′″‴'’\"®©™•,;.:–-")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


@dataclass(frozen=True)
class Drawn:
    """A cell of the grid: its document's lines, its text, and its heads.

    ``ends`` are the heads of the first and last row of a cell over several rows; "rows 'a' to 'f'" names only these.
    """

    source: str
    lines: Sequence[str]
    name: str
    text: str
    row: Sequence[str]
    column: Sequence[str]
    ends: Sequence[str] = ()


@dataclass
class Figures:
    """Counts over the files."""

    files: int = 0
    scripts: int = 0
    kept: int = 0
    links: int = 0
    run_on: int = 0
    cells: list[Drawn] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--cells", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    lists = [
        sorted(path for path in folder.rglob("*") if path.suffix in (".xml", ".nxml")) for folder in arguments.folders
    ]
    drawn = [chance.sample(paths, min(arguments.files, len(paths))) for paths in lists[1:]]
    figures = measured([path for paths in (lists[0], *drawn) for path in paths])
    right = quoted(figures, arguments.cells, chance)
    for line in [*figures.problems, *report(figures, right)]:
        print(line)
    sys.exit(0 if is_met(figures, right) else 1)


def measured(paths: Sequence[Path]) -> Figures:
    """The figures over the files, with all cells of their tables."""
    figures = Figures(files=len(paths))
    for path in paths:
        data = path.read_bytes()
        try:
            document = document_of(path, data)
        except NotReadable as error:
            figures.problems.append(f"{path.name} {error.reason}")
            continue
        count(figures, document, article_of(data))
    return figures


def article_of(data: bytes) -> Any:
    """The article with element names without namespaces, and without the articles within it."""
    parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
    article = etree.fromstring(data, parser)
    for element in article.iter("*"):
        element.tag = etree.QName(element).localname
    for within in article.xpath("sub-article | response"):
        article.remove(within)
    return article


def count(figures: Figures, document: Document, article: Any) -> None:
    """Add one file's numbers to the figures."""
    lines = document.text.split("\n\n")
    kept = [raised(line) for line in lines]
    together = "\n".join(kept)
    for block, wanted in scripts_of(article):
        found = max((in_order(wanted, line) for line in kept), default=0)
        if found < len(wanted) and block.tag in ("td", "th"):  # a long cell is split into sentences
            found = in_order(wanted, together)
        figures.scripts += len(wanted)
        figures.kept += found
        if found < len(wanted):
            figures.problems.append(
                f"{document.source}: {found} of {wanted} in {flat(''.join(block.itertext()))[:90]!r}"
            )
    for mention in document.mentions:
        before, said, after = (document.text[slice(*span)] for span in around(mention.start, mention.end))
        run_on = said[:1].isdigit() and (before[-1:].isdigit() or after[:1].isdigit())
        figures.links += 1
        figures.run_on += run_on
        figures.problems += [f"{document.source}: {before + said + after!r}"] if run_on else []
    figures.cells += cells_of(article, document.source, lines)


def around(start: int, end: int) -> tuple[tuple[int, int], ...]:
    return (max(0, start - 20), start), (start, end), (end, end + 9)


# ---------------------------------------------------------------- superscripts and subscripts


def flat(text: str) -> str:
    """The text on one line, superscripts and subscripts plain, all dashes alike."""
    return " ".join(jats.flat(text).translate(_DASHES).split())


def raised(line: str) -> str:
    """All raised, lowered, marked or bracketed parts of a line as plain characters, with a bar between them."""
    parts, at = [], 0
    while at < len(line):
        found = _NESTED.match(line, at)
        end = found.end() if found else at
        while not found and end < len(line) and is_script(line[end]):
            end += 1
        if end > at:
            parts.append(flat(line[at:end]).replace(" ", ""))
        at = max(end, at + 1)
    return "|".join(parts)


def is_script(character: str) -> bool:
    return character in _SIGNS or unicodedata.decomposition(character).startswith(("<super>", "<sub>"))


def scripts_of(article: Any) -> Iterator[tuple[Any, list[str]]]:
    """The superscripts and subscripts of each block; of nested ones the outermost."""
    blocks: dict[Any, list[str]] = {}
    for script in article.iter("sup", "sub"):
        above = list(script.iterancestors())
        names = {element.tag for element in above}
        text = flat("".join(script.itertext())).replace(" ", "")
        if names.isdisjoint({"sup", "sub", *LEFT_OUT.split()}) and any(map(str.isalnum, text)):
            cell = next((element for element in above if element.tag in ("td", "th")), None)
            block = cell if cell is not None else next((e for e in above if e.tag in BLOCKS.split()), None)
            if block is not None:
                blocks.setdefault(block, []).append(text)
    yield from blocks.items()


def in_order(wanted: Sequence[str], line: str) -> int:
    """How many of the texts stand in the line in order, up to the first that does not."""
    at = 0
    for number, text in enumerate(wanted):
        place = line.find(text, at)
        if place < 0:
            return number
        at = place + len(text)
    return len(wanted)


# ---------------------------------------------------------------- cells of tables


def cells_of(article: Any, source: str, lines: Sequence[str]) -> Iterator[Drawn]:
    """The cells of the tables whose heads are marked up, each with the heads from the grid."""
    for table in article.iter("table"):
        heads, body = (expanded(table.xpath(path)) for path in ("thead/tr", "tbody/tr"))
        plain = not table.xpath(".//table | tbody//th") and len(table.xpath("tbody")) == 1
        if heads and plain and sum(map(len, body)) <= MANY_CELLS:
            label = table.xpath("string(ancestor::table-wrap[1]/label)")
            yield from drawn_of(heads, body, source, lines, flat(label).rstrip(" .:") or "Table")


def drawn_of(
    heads: Sequence[Sequence[Any]], body: Sequence[Sequence[Any]], source: str, lines: Sequence[str], name: str
) -> Iterator[Drawn]:
    """The value cells of a table's grid. A cell across the whole table heads the rows below it."""
    group = ""
    for row in body:
        said = {id(cell): words(cell) for cell in row if cell is not None and words(cell)}
        if len(said) == 1:
            across = len(row) > 1 and all(cell is row[0] for cell in row)
            group = next(iter(said.values())) if across else group
            continue
        for at, cell in enumerate(row[1:], 1):
            if cell is not None and cell is not row[0] and is_value(words(cell)):
                above = [words(head[at]) for head in heads if at < len(head) and head[at] is not None]
                before = [group, words(row[0]) if row[0] is not None else ""]
                ends = ends_of(cell, body)
                yield Drawn(
                    source, lines, name, words(cell), list(filter(None, before)), list(filter(None, above)), ends
                )


def ends_of(cell: Any, body: Sequence[Sequence[Any]]) -> list[str]:
    """The heads of the first and the last row of a cell over several rows; none for other cells."""
    rows = [row for row in body if any(other is cell for other in row)]
    return [words(row[0]) for row in (rows[0], rows[-1]) if row[0] is not None] if len(rows) > 1 else []


def is_value(text: str) -> bool:
    return any(map(str.isalnum, text)) and len(text) < LONG_CELL


def expanded(rows: Sequence[Any]) -> list[list[Any]]:
    """The element at each place of the rows' grid."""
    grid: list[dict[int, Any]] = [{} for _ in rows]
    for number, row in enumerate(rows):
        at = 0
        for cell in row.xpath("td | th"):
            while at in grid[number]:
                at += 1
            across, down = (int(cell.get(name) or 1) for name in ("colspan", "rowspan"))
            for below in grid[number : number + max(1, down)]:
                below |= {place: cell for place in range(at, at + max(1, across)) if place not in below}
            at += max(1, across)
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    return [[row.get(at) for at in range(width)] for row in grid]


def words(element: Any) -> str:
    return flat(" ".join("".join(element.itertext()).split()))


def bare(text: str) -> str:
    """The text without white space and brackets; reference marks have brackets."""
    return re.sub(r"[\s\[\]]", "", flat(text))


def quoted(figures: Figures, count: int, chance: random.Random) -> int:
    """How many of ``count`` drawn cells stand alone on a line with their heads; notes the others."""
    figures.cells = chance.sample(figures.cells, min(count, len(figures.cells)))
    wrong = [cell for cell in figures.cells if not any(quotes(line, cell) for line in cell.lines)]
    figures.problems += [f"{cell.source}: {cell.name}, {cell.row}, {cell.column}: {cell.text!r}" for cell in wrong]
    return len(figures.cells) - len(wrong)


def quotes(line: str, cell: Drawn) -> bool:
    """Whether the line is exactly this cell: the table's name, the heads, a colon, and the cell's text."""
    said, end = bare(line), ":" + bare(cell.text)
    if not said.startswith(bare(cell.name) + ",") or not said.endswith(end):
        return False
    before = said[: len(said) - len(end)]
    heads = [part for part in (cell.row, cell.column) if sum(map(len, part)) <= LONG_HEADS]
    over = bool(cell.ends) and all(bare(head) in before for head in cell.ends)
    return all((over and part is cell.row) or bare(head) in before for part in heads for head in part)


def report(figures: Figures, right: int) -> list[str]:
    """The figures in words, one line each."""
    share = figures.kept / figures.scripts if figures.scripts else 0.0
    return [
        f"files: {figures.files}",
        f"superscripts and subscripts: {figures.scripts}; kept in order: {figures.kept} ({share:.4f})",
        f"links to references in the text: {figures.links}; that run into a number: {figures.run_on}",
        f"cells drawn: {len(figures.cells)}; quoted alone with their heads: {right}",
    ]


def is_met(figures: Figures, right: int) -> bool:
    """Whether everything is kept, over at least one of each."""
    return figures.kept == figures.scripts > 0 and not figures.run_on and right == len(figures.cells) > 0


if __name__ == "__main__":
    main()
