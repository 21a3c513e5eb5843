"""Measure how the tables of PDFs are kept as cells, against the XML twins of the same articles.

    python -m eval.benchmarks.reading.pdf_tables FOLDER [--only NAME] [--show VERDICT]

FOLDER has NAME.pdf beside NAME.xml. A table is recognised if any of its cells is quoted. Each line that quotes a cell
("Table 2, row 'Placebo', column 'n': 138") is compared with the grid of the XML. It is right if a cell has that text,
all heads of its row and column are named, and nothing else is named except what stands left of it or above it. The
other verdicts are: wrong heads; a part of a cell, with its heads; joined, the text of several neighbours; and other,
mostly where XML and print differ. Found is the share of the XML's value cells that are quoted rightly, in recognised
tables. Exits with 1 unless at least 90% of the lines are right and none is joined. Uses the reader's own code only to
read.
"""

import argparse
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from eval.benchmarks.reading.scripts import expanded, flat
from eval.benchmarks.reading.twins import Twin
from qa.readers.blocks import assemble
from qa.readers.files import parse

VERDICTS = ("right", "part", "wrong heads", "joined", "other")
SHARE = 0.90
_SIGNS = re.compile(r"[\s\[\](){}'\"‘’“”*∗†‡§¶|,;›^_\u200b]+")
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")


@dataclass(frozen=True)
class Place:
    """A cell of the XML: its text, the heads it needs and those it allows, all folded."""

    text: str
    needed: Sequence[str]
    allowed: Sequence[str]
    is_value: bool


@dataclass
class Table:
    """A table of the XML, and its lines' verdicts."""

    source: str
    name: str
    kinds: list[str]
    places: list[Place]
    neighbours: list[tuple[str, str]]
    verdicts: Counter[str] = field(default_factory=Counter)
    shown: list[tuple[str, str]] = field(default_factory=list)
    found: set[int] = field(default_factory=set)

    @property
    def lines(self) -> int:
        return self.verdicts.total()

    @property
    def values(self) -> int:
        return sum(place.is_value for place in self.places)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="articles whose names hold this")
    parser.add_argument("--show", choices=VERDICTS, help="the lines of this verdict, one by one")
    options = parser.parse_args()
    tables: list[Table] = []
    for path in sorted(options.folder.glob("*.pdf")):
        if path.with_suffix(".xml").exists() and options.only in path.name:
            for table in measured(path):
                tables.append(table)
                print(line(table), flush=True)
                for verdict, text in table.shown:
                    if verdict == options.show:
                        print("    -", text)
    print()
    for text in report(tables):
        print(text)
    sys.exit(0 if is_met(tables) else 1)


def line(table: Table) -> str:
    said = ", ".join(f"{verdict} {table.verdicts[verdict]}" for verdict in VERDICTS if table.verdicts[verdict])
    found = f"found {len(table.found)}/{table.values}" if table.lines else "not recognised"
    return f"{table.source:22} {table.name:9} {found:18} {said}  ({', '.join(table.kinds)})"


def report(tables: Sequence[Table]) -> Iterator[str]:
    """The sums over all tables, and over the tables of each kind."""
    for kind in ("all", *sorted({kind for table in tables for kind in table.kinds})):
        some = [table for table in tables if kind == "all" or kind in table.kinds]
        known = [table for table in some if table.lines]
        counts = sum((table.verdicts for table in known), Counter[str]())
        shares = ", ".join(
            f"{verdict} {counts[verdict]} ({counts[verdict] / max(1, counts.total()):.3f})" for verdict in VERDICTS
        )
        found, values = sum(len(table.found) for table in known), sum(table.values for table in known)
        yield f"{kind}: {len(some)} tables, recognised {len(known)}; found {found} of {values} cells"
        yield f"    lines {counts.total()}: {shares}"


def is_met(tables: Sequence[Table]) -> bool:
    counts = sum((table.verdicts for table in tables), Counter[str]())
    right = counts["right"] + counts["part"]
    return right >= SHARE * counts.total() > 0 and not counts["joined"]


# ---------------------------------------------------------------- the XML's tables


def measured(path: Path) -> list[Table]:
    data = path.read_bytes()
    reading = parse(data, ".pdf")
    document = assemble(reading.blocks, source=path.name, data=data, metadata=reading.fields)
    captions = Counter(
        section.path[-1].casefold() for section in document.sections if section.role == "caption" and section.path
    )
    lines = [
        text
        for section in document.sections
        if section.role == "table"
        for text in document.text[section.start : section.end].split("\n\n")
    ]
    tables = list(tables_of(path, captions))
    for table in tables:
        for text in lines:
            if re.match(rf"{re.escape(table.name)}\b", text, re.IGNORECASE):
                judge(table, text)
    return tables


def tables_of(path: Path, captions: Counter[str]) -> Iterator[Table]:
    wraps = Twin(path.with_suffix(".xml")).article.xpath("//table-wrap[.//table]")
    for number, wrap in enumerate(wraps, 1):
        label = re.search(r"table\s*\w+", " ".join("".join(wrap.xpath("label//text()")).split()), re.IGNORECASE)
        name = " ".join((label[0] if label else f"Table {number}").split())
        rows = [row for table in wrap.xpath(".//table") for row in html_rows(table)]
        heads, body = parted(wrap, rows)
        if heads and body:
            yield Table(
                path.stem, name, kinds(heads, body, captions[name.casefold()]), list(places(heads, body)), beside(body)
            )


def html_rows(table: Any) -> list[Any]:
    """The rows of a table; rows of CALS tables are renamed as in HTML."""
    specs = {spec.get("colname"): at for at, spec in enumerate(table.iter("colspec"))}
    for entry in table.iter("entry"):
        entry.tag = "td"
        first, last = specs.get(entry.get("namest")), specs.get(entry.get("nameend"))
        entry.set("colspan", str(last - first + 1 if first is not None and last is not None else 1))
        entry.set("rowspan", str(int(entry.get("morerows") or 0) + 1))
    for row in table.iter("row"):
        row.tag = "tr"
    return list(table.iter("tr"))


def parted(wrap: Any, rows: Sequence[Any]) -> tuple[list[list[Any]], list[list[Any]]]:
    """The grids of heads and body. Without a ``thead``, the rows that the first row's cells span are heads."""
    marked = [row for row in rows if row.getparent().tag == "thead"]
    count = len(marked) or max((int(cell.get("rowspan") or 1) for cell in rows[0].xpath("td | th")), default=1)
    whole = expanded(rows)
    return (expanded(rows[:count]), expanded(rows[count:])) if marked else (whole[:count], whole[count:])


def kinds(heads: Sequence[Sequence[Any]], body: Sequence[Sequence[Any]], captions: int) -> list[str]:
    """How a table differs from a plain grid."""
    found = []
    if any(one is other and one is not None and text_of(one) for row in heads for one, other in pairwise(row)):
        found.append("heads over columns")
    if any(
        one is other and one is not None
        for above, below in pairwise(body)
        for one, other in zip(above, below, strict=False)
    ):
        found.append("cells over rows")
    if any(len({id(cell) for cell in row if cell is not None and text_of(cell)}) == 1 for row in body):
        found.append("groups of rows")
    if captions > 1:
        found.append("continued")
    return found or ["plain"]


def places(heads: Sequence[Sequence[Any]], body: Sequence[Sequence[Any]]) -> Iterator[Place]:
    """The cells of the body. Those that are heads of rows need no heads."""
    group = ""
    seen: set[int] = set()
    for number, row in enumerate(body):
        said = [cell for cell in dict.fromkeys(row) if cell is not None and text_of(cell)]
        across = len(said) == 1 and len(row) > 1 and all(cell is row[0] for cell in row)
        group = text_of(said[0]) if across else group
        for at, cell in enumerate(row):
            if cell is None or not text_of(cell) or id(cell) in seen:
                continue
            seen.add(id(cell))
            over = [text_of(head[at]) for head in heads if at < len(head) and head[at] is not None]
            around = [text_of(other) for line in body for other in line[: max(1, at)] if other is not None]
            label = text_of(row[0]) if row[0] is not None and row[0] is not cell else ""
            needed = [] if len(said) == 1 else [*over, label, group] if at else []
            left = [text_of(other) for other in row[:at] if other is not None]
            above = [text_of(line[0]) for line in body[:number] if line[0] is not None]
            yield Place(
                text_of(cell),
                list(filter(None, needed)),
                list(filter(None, [*over, *left, *above, group, *(around if len(said) == 1 else [])])),
                bool(at and len(said) > 1 and any(map(str.isalnum, text_of(cell)))),
            )


def beside(body: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    """The texts of neighbouring cells, left and right or above and below."""
    columns = [list(column) for column in zip(*body, strict=True)]
    pairs = [(one, other) for run in (*body, *columns) for one, other in pairwise(run)]
    texts = [(text_of(one), text_of(other)) for one, other in pairs if one is not other and None not in (one, other)]
    return [(one, other) for one, other in texts if one and other]


def text_of(element: Any) -> str:
    return folded(" ".join("".join(element.itertext()).split()))


def folded(text: str) -> str:
    """A text without what XML and print set differently: case, accents, white space, brackets, marks."""
    bare = unicodedata.normalize("NFKD", flat(text)).casefold().replace("∘", "°")
    return _HYPHEN.sub("", _SIGNS.sub("", "".join(one for one in bare if not unicodedata.combining(one))))


# ---------------------------------------------------------------- what is quoted


def judge(table: Table, quoted: str) -> None:
    """Give a quoted line its verdict."""
    cuts = [match.end() for match in re.finditer(": ", quoted)]
    exact = [
        (at, quoted[:cut])
        for cut in cuts
        for at, place in enumerate(table.places)
        if folded(quoted[cut:]) == place.text
    ]
    right = [at for at, before in exact if has_heads(before, table.places[at])]
    if right:
        verdict = "right"
        table.found.update(at for at in right if table.places[at].is_value)
    elif exact:
        verdict = "wrong heads"
    else:
        verdict = of_part(table, quoted, cuts)
    table.verdicts[verdict] += 1
    table.shown.append((verdict, quoted))


def has_heads(before: str, place: Place) -> bool:
    """Whether all heads of a cell are named, and nothing else except what is around it."""
    named = [folded(head) for head in heads_of(before)]
    if not all(head in named or head in "".join(named) for head in place.needed):
        return False
    known = sorted({*place.allowed, *place.needed}, key=len, reverse=True)
    return all(not without(head, known) for head in named)


def without(text: str, parts: Sequence[str]) -> str:
    """A text without these parts. A head is one part, or joins several rows of the XML."""
    if text in parts:
        return ""
    for part in parts:
        text = text.replace(part, "")
    return text


def heads_of(before: str) -> Iterator[str]:
    """The heads in "Table 2, row 'Men › Placebo', columns 'n', '%': ". A row or column named by number has none."""
    for part in re.split(r", (?:rows?|columns?) ", before.removesuffix(": "))[1:]:
        for name in re.split(r"'(?:, | to )'", part):
            if not part.isdigit():
                yield from name.strip("'").split(" › ")


def of_part(table: Table, quoted: str, cuts: Sequence[int]) -> str:
    """The verdict on a line that is no whole cell."""
    for cut in cuts:
        text = folded(quoted[cut:])
        if any(text and text in place.text and has_heads(quoted[:cut], place) for place in table.places):
            return "part"
    said = folded(quoted)
    if any(said.endswith(one + other) for one, other in table.neighbours):
        return "joined"
    return "other"


if __name__ == "__main__":
    main()
