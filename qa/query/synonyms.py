"""Other names of things: from the table that comes with Pincite, and from a library's own.

The head of ``qa/data/synonyms.toml`` explains the form of both.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from pathlib import Path

from qa.errors import LibraryError
from qa.text.terms import question_words

FILE = "synonyms.toml"

Names = Sequence[str]


class Thesaurus(dict[str, tuple[str, ...]]):
    """The key of a name to its other names, nearest in meaning first.

    ``same`` maps it to the keys of its names for the same thing; the other names are a step wider or narrower.
    """

    def __init__(
        self, others: Mapping[str, tuple[str, ...]] | None = None, same: Mapping[str, Collection[str]] | None = None
    ) -> None:
        super().__init__(others or {})
        self.same = same or {}


@lru_cache(65536)
def key(name: str) -> str:
    """A key that is equal for names that differ only in hyphens, spaces, capitals or endings.

    >>> key("IL-2") == key("IL2") == key("IL 2"), key("interleukin 2")
    (True, 'interleukin2')
    """
    return "".join(word[0] for word in question_words(name))


def thesaurus(same: Iterable[Names], kinds: Iterable[Names] = ()) -> Thesaurus:
    """Each name to its other names, then to all names of what is one step wider or narrower."""
    equal: dict[str, dict[str, str]] = {}
    for group in same:
        keyed: dict[str, str] = {}
        for name in group:
            keyed.setdefault(key(name), name)
        keyed.pop("", None)  # a name of only stop words, as "OR" for odds ratio
        for one in keyed:
            equal.setdefault(one, {}).update({other: name for other, name in keyed.items() if other != one})
    related = {one: dict(others) for one, others in equal.items()}
    for wide, *narrow in kinds:
        for name in narrow:
            for one, other in ((wide, name), (name, wide)):
                names = {key(other): other} | equal.get(key(other), {})
                for each in (key(one), *equal.get(key(one), {})):
                    known = related.setdefault(each, {})
                    known.update({k: n for k, n in names.items() if k != each and k not in known})
    others = {one: tuple(dict.fromkeys(names.values())) for one, names in related.items()}
    return Thesaurus(others, {one: names.keys() for one, names in equal.items()})


@cache
def builtin() -> tuple[Sequence[Names], Sequence[Names]]:
    """The groups that come with Pincite: names of the same thing, and wider names with narrower ones."""
    return parse(files("qa.data").joinpath(FILE).read_text("utf-8"), FILE)


def parse(text: str, place: str) -> tuple[Sequence[Names], Sequence[Names]]:
    """The groups of a table. LibraryError, which names the place, if it is not in the documented form."""
    try:
        table = tomllib.loads(text)
    except ValueError as error:
        raise LibraryError(f"{place} cannot be read as TOML ({error}); mend or remove it.") from error
    same, kinds = table.get("same", []), table.get("kinds", [])
    lists = isinstance(same, list) and isinstance(kinds, list) and table.keys() <= {"same", "kinds"}
    if not lists or not all(map(_is_group, chain(same, kinds))):
        raise LibraryError(f"{place} has something other than groups of names under 'same' and 'kinds'; mend it.")
    return same, kinds


def _is_group(group: object) -> bool:
    return isinstance(group, list) and len(group) > 1 and all(isinstance(name, str) and key(name) for name in group)


def read(folder: Path) -> tuple[Sequence[Names], Sequence[Names]]:
    """The built-in groups, then those of the table in this folder, if there is one."""
    path = folder / FILE
    same, kinds = builtin()
    if not path.is_file():
        return same, kinds
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise LibraryError(f"{path} cannot be read ({error}); mend or remove it.") from error
    own_same, own_kinds = parse(text, str(path))
    return [*same, *own_same], [*kinds, *own_kinds]
