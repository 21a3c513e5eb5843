"""Change one thing in real sentences, and count the pairs that are taken to say the same: none may be.

    python -m eval.stress.proving.pairs [--pairs 1000] [--data FOLDER] [--articles 40] [--seed 0]

The sentences are those of the built-in corpus and of articles in FOLDER (JATS, ``../shared/data`` by default). Each
pair is a sentence and a copy with one sign, number, letter, arrow, negation or unit changed. If real text has too few
of a kind, both sentences get one of its forms at the same place, such as CD4+ and CD4−. Prints the pairs of each kind,
and how many merged. Then come true duplicates of the same sentences, which must merge: other white space, reference
marks, a leading word, American for British spelling, another form of the same sign. Exit status 1 if a pair merged, or
a duplicate did not.
"""

import argparse
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from eval.stress.proving.texts import DATA, documents, files, sentences
from qa.text.statements import statement
from qa.text.variants import american

Change = Callable[[str, random.Random], tuple[str, str] | None]
"""Makes two forms of a sentence; None if it has no place for them."""

_MARK = re.compile(r"\[[^\]]*\]")


def _places(pattern: str, text: str, flags: int = 0) -> list[re.Match[str]]:
    """The pattern's matches outside brackets: a reference number does not change what is said."""
    marks = [mark.span() for mark in _MARK.finditer(text)]
    return [m for m in re.finditer(pattern, text, flags) if not any(a <= m.start() < b for a, b in marks)]


def put(pattern: str, become: Callable[[str, random.Random], str]) -> Change:
    """Replace one match of the pattern."""

    def change(text: str, chance: random.Random) -> tuple[str, str] | None:
        found = _places(pattern, text)
        if not found:
            return None
        place = chance.choice(found)
        return text, text[: place.start()] + become(place.group(), chance) + text[place.end() :]

    return change


def either(pattern: str, *forms: str) -> Change:
    """Replace one match of the pattern by one form in the first sentence and another in the second."""

    def change(text: str, chance: random.Random) -> tuple[str, str] | None:
        found = _places(pattern, text)
        if not found:
            return None
        place = chance.choice(found)
        one, other = (place.expand(form) for form in chance.sample(forms, 2))
        before, after = text[: place.start()], text[place.end() :]
        return before + one + after, before + other + after

    return change


def swap(pairs: Mapping[str, str]) -> Change:
    both = {**pairs, **{b: a for a, b in pairs.items()}}
    words = "|".join(map(re.escape, sorted(both, key=len, reverse=True)))
    return put(rf"(?<!\w)(?:{words})(?!\w)", lambda found, _: both[found])


def other_digit(found: str, chance: random.Random) -> str:
    return str((int(found) + chance.randrange(1, 10)) % 10)


_WORD_BEFORE = r"(?<=[a-z]) (?=[a-z]{4})"
_NUMBER = r"(?<![\w.,-])\d+(?:\.\d+)?(?![\w,-]|\.\d)"

KINDS: Mapping[str, Sequence[Change]] = {
    "sign": (
        put(_NUMBER, lambda found, chance: chance.choice("−-+±") + found),
        either(_NUMBER, r"−\g<0>", r"+\g<0>", r"±\g<0>"),
        either(_NUMBER, r"> \g<0>", r"< \g<0>", r"≤ \g<0>", r"≥ \g<0>", r"= \g<0>", r"~ \g<0>", r"≠ \g<0>"),
    ),
    "charge": (
        either(r"(?<=[a-z]) cells", " CD4+ cells", " CD4− cells", " CD4 cells", " CD4- T cells", " CD4+ T cells"),
        either(_WORD_BEFORE, " ER−/PR+ ", " ER+/PR− ", " ER+/PR+ ", " ER−/PR− "),
        either(_WORD_BEFORE, " Ca2+ ", " Ca+ ", " Ca ", " Ca2− ", " Fe2+ ", " Fe3+ "),
        put(r"(?<=[A-Z0-9])[+−](?=\s)", lambda found, _: {"+": "−", "−": "+"}[found]),
    ),
    "number": (
        put(r"\d", other_digit),
        put(r"(?<=\d)\.(?=\d)", lambda found, chance: ""),
        put(r"(?<=\d)(?=\d)", lambda found, chance: chance.choice(".,")),
        put(_NUMBER, lambda found, _: found + "0"),
        either(_NUMBER, r"\g<0>:2", r"2:\g<0>", r"\g<0>/2", r"\g<0>–2", r"\g<0>-3", r"\g<0>"),
    ),
    "exponent": (
        either(_NUMBER, "10³", "10⁻³", "10−3", "10^3", "103", "10 3", "10^-3", "10^{3}", "10-3"),
        either(r"(?<=[a-z]) per (?=[a-z])", " m² ", " m³ ", " m2 ", " m ", " m⁻² "),
        either(_WORD_BEFORE, " CO₂ ", " CO ", " CO3 ", " CO₃ "),
    ),
    "letter": (
        put(r"(?<=\w)[a-pr-wyz](?=\w)", lambda found, chance: chance.choice("qx")),
        put(r"(?<=[a-z]{3})[a-pr-wyz](?=[a-z])", lambda found, chance: ""),
        either(_WORD_BEFORE, " hepatitis A ", " hepatitis B ", " hepatitis a ", " hepatitis "),
        either(_WORD_BEFORE, " vitamin A ", " vitamin D ", " vitamin ", " vitamin an "),
        either(_WORD_BEFORE, " A→B ", " B→A ", " A B "),
        either(_WORD_BEFORE, " IL2 ", " Il2 ", " il2 ", " IL-2 ", " IL-2R "),
        either(_WORD_BEFORE, " TP53 ", " Tp53 ", " p53 ", " P53 "),
        either(_WORD_BEFORE, " TGF-α ", " TGF-β ", " TGF-a ", " TGF-Β ", " TGF "),
        swap({"α": "β", "γ": "δ", "μ": "m", "κ": "λ"}),
        put(r"(?<=[\s(])[A-Z](?=[\s).,])", lambda found, chance: chance.choice([c for c in "BCDE" if c != found])),
    ),
    "arrow": (
        either(r" (?:in|de)creased? ", " ↑ ", " ↓ ", " → ", " ← ", " "),
        either(_WORD_BEFORE, " ↑ ", " ↓ ", " ↔ ", " ⇒ ", " "),
        either(r" (?:to|from) ", " → ", " ← ", " ⇌ ", " ↛ "),
    ),
    "genotype": (
        either(_WORD_BEFORE, " p53−/− ", " p53+/+ ", " p53+/− ", " p53 ", " p53−/+ "),
        either(_WORD_BEFORE, " Kras−/− ", " kras−/− ", " KRAS−/− ", " Kras+/− "),
    ),
    "negation": (
        put(r"(?<= )(?:is|are|was|were|has|have|can|may|did|does|will) (?=[a-z])", lambda found, _: f"{found}not "),
        put(r"(?<= )(?:not|no|never|without|neither|non|cannot) ", lambda found, _: ""),
        put(r"(?<= )(?:is|are|was|were) (?=[a-z])", lambda found, chance: found + chance.choice(("never ", "no "))),
        put(r"(?<= )with (?=[a-z])", lambda found, _: "without "),
        put(
            r"(?<= )(?:significant|specific|toxic|responders|resolved|treated|stable)", lambda found, _: f"non-{found}"
        ),
        put(r"(?<= )(?:treated|able|common|likely|changed|affected|stable|known)(?= )", lambda found, _: f"un{found}"),
        put(r"(?<= )(?:is|are|was|were|did|does|has|have)(?= )", lambda found, _: f"{found}n't"),
        put(r"(?<= )(?:both|either) ", lambda found, _: "neither "),
    ),
    "unit": (
        put(_NUMBER, lambda found, chance: f"{found} {chance.choice(('mg', 'kg', '%', 'IU'))}"),
        either(
            _NUMBER, *(rf"\g<0> {u}" for u in ("mg", "µg", "ng", "g", "kg", "Mg", "mG", "ml", "mL/min", "µm", "µM"))
        ),
        either(_NUMBER, *(rf"\g<0> {u}" for u in ("h", "min", "s", "days", "weeks", "months", "years"))),
        either(_NUMBER, r"\g<0>%", r"\g<0>‰", r"\g<0>", r"\g<0>°", r"\g<0> °C", r"\g<0> °F", r"\g<0> K"),
        swap({"mg": "µg", "ml": "µl", "weeks": "days", "months": "years", "kg": "g", "cm": "mm", "hours": "minutes"}),
    ),
}


def same(one: str, other: str) -> bool:
    return statement(one) == statement(other)


_LEAD_INS = ("Moreover, ", "In addition, ", "Furthermore,  ", "Importantly, ")


def led_in(text: str, chance: random.Random) -> str | None:
    first = re.match(r"[A-Z][a-z]+ ", text)
    return chance.choice(_LEAD_INS) + text[0].lower() + text[1:] if first else None


def american_english(text: str, chance: random.Random) -> str | None:
    other = re.sub(r"\b[a-z]{4,}\b", lambda word: american(word.group()), text)
    return other if other != text else None


def replaced(pattern: str, by: str) -> Callable[[str, random.Random], str | None]:
    return lambda text, chance: re.sub(pattern, by, text) if re.search(pattern, text) else None


DUPLICATES: Mapping[str, Callable[[str, random.Random], str | None]] = {
    "white space": replaced(r" ", "\u00a0 "),
    "reference marks": lambda text, chance: re.sub(r"\.$", " [7, 12–14].", text) if _unmeasured(text) else None,
    "no final stop": replaced(r"\.$", ""),
    "a word leads in": led_in,
    "the article": replaced(r"^The ([a-z])", r"\1"),
    "American spelling": american_english,
    "compound hyphen": replaced(r"(?<=\b[A-Za-z])-(?=[a-z]{3})", " "),
    "form of quotation": replaced(r"[’']", "ʼ"),
    "form of minus": replaced(r"(?<= )[-−–](?=\d)", "−"),
    "form of hyphen": replaced(r"(?<=\w)-(?=\w)", "\u2011"),
    "soft hyphen": replaced(r"(?<=[a-z]{4})(?=[a-z]{4})", "\u00ad"),
}


def _unmeasured(text: str) -> bool:
    return text.endswith(".") and not re.search(r"\d|mean|median|range|interval", text[-60:])


def pairs(texts: Sequence[str], kind: str, count: int, seed: int) -> list[tuple[str, str]]:
    """This many different pairs of a kind, using its changes in turn; fewer if the texts offer no more."""
    chance, made = random.Random(f"{seed} {kind}"), dict[tuple[str, str], None]()
    for attempt in range(50 * count):
        change = KINDS[kind][attempt % len(KINDS[kind])]
        pair = change(chance.choice(texts), chance)
        if pair and pair[0] != pair[1]:
            made[pair] = None
        if len(made) == count:
            break
    return list(made)


def duplicates(texts: Sequence[str], form: str, count: int, seed: int) -> list[tuple[str, str]]:
    chance, made = random.Random(f"{seed} {form}"), dict[tuple[str, str], None]()
    for text in chance.sample(texts, len(texts)):
        other = DUPLICATES[form](text, chance)
        if other is not None and other != text:
            made[text, other] = None
        if len(made) == count:
            break
    return list(made)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    read = documents(files(given.data, given.articles, given.seed))
    texts = list(dict.fromkeys(one for document in read for one in sentences(document) if len(one) < 600))
    print(f"{len(texts)} sentences of {len(read)} documents\n")
    wrong = _print_changed(texts, given.pairs, given.seed)
    missed = _print_duplicates(texts, given.pairs, given.seed)
    return int(bool(wrong or missed))


def _print_changed(texts: Sequence[str], count: int, seed: int) -> int:
    print(f"{'one thing changed':20} {'pairs':>6} {'merged':>7}")
    total = merged = 0
    for place, kind in enumerate(KINDS):
        share = count * (place + 1) // len(KINDS) - count * place // len(KINDS)
        made = pairs(texts, kind, share, seed)
        wrong = [pair for pair in made if same(*pair)]
        total, merged = total + len(made), merged + len(wrong)
        print(f"{kind:20} {len(made):6} {len(wrong):7}")
        for one, other in wrong:
            print(f"  {one}\n  {other}")
    print(f"{'all':20} {total:6} {merged:7}\n")
    return merged


def _print_duplicates(texts: Sequence[str], count: int, seed: int) -> int:
    print(f"{'the same said':20} {'pairs':>6} {'merged':>7}")
    total = merged = 0
    for form in DUPLICATES:
        made = duplicates(texts, form, -(-count // len(DUPLICATES)), seed)
        alike = [pair for pair in made if same(*pair)]
        total, merged = total + len(made), merged + len(alike)
        print(f"{form:20} {len(made):6} {len(alike):7}")
        for one, other in made:
            if not same(one, other):
                print(f"  {one}\n  {other}")
    print(f"{'all':20} {total:6} {merged:7}")
    return total - merged


if __name__ == "__main__":
    raise SystemExit(main())
