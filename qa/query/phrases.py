"""The noun phrases of a question and their kinds, by simple rules of English.

There is no tagger here: a phrase is a run of words that are neither function words nor listed verbs. Rules and
lists are made for questions in biomedicine; a phrase that they do not know has no kind.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from qa.query.synonyms import Thesaurus, key
from qa.text.terms import tells

Kind = Literal["name", "cell", "disease", "group", ""]
"""What a phrase names: a molecule or drug, a cell, a disease, a group of patients or animals, or something else."""

TOKEN = re.compile(r"(?!(?<=\w['’])s\b)[^\W_]+(?:(?:[-\u2010\u2011\u2013]|['’](?!s\b))[^\W_]+)*")
"""A word with its hyphens, without a possessive ending."""
_NOUN_SIGN = re.compile(r"\b(?:the|a|an|its|their|of|what are|which|any|main|s)\s+$", re.I)
"""After one of these, a word that may be noun or verb is a noun."""
_AND = re.compile(r"\s*(?:,|/|&|,?\s+(?:and|or|versus|vs\.?|with))\s*(?:the\s+)?")
_OF = re.compile(r"\s+of\s+(?:the\s+)?")
_OWNS = re.compile(r"['’]s\s+")

_NAME = re.compile(r"(?=.*[^\W\d_])(?=.*(?:\d|[α-ω]|[A-Z].*[A-Z])).+")
_DRUG = re.compile(r"\w{3,}(?:mab|mabs|nib|nibs|leukin|kinra|ciclib|cept|statin|statins|vir|stim|leucel|poietin)", re.I)
_MOLECULE = frozenset(
    "cytokine chemokine interleukin interferon factor ligand receptor antigen protein enzyme kinase "
    "hormone antibody inhibitor blocker agonist antagonist vaccine steroid checkpoint".split()
)
_CELL = re.compile(r"cells?|[\w-]*(?:cytes?|phages?|blasts?|phils?)", re.I)
_DISEASE = re.compile(
    r"[\w-]*(?:omas?|a?emias?|itis|osis|pathy|pathies)|(?:cancer|tumou?r|malignanc|disease|syndrome|infection|"
    r"metastas|diabetes|asthma|sepsis|covid)[\w-]*",
    re.I,
)
_GROUP = frozenset(
    "patients children adults women men mice rats animals humans people infants adolescents elderly pregnancy".split()
)
_NAMED = frozenset(
    "therapy therapies treatment inhibitor inhibitors blockade antibody antibodies receptor receptors "
    "agonist agonists antagonist antagonists pathway pathways variant variants blocker blockers infusion "
    "regimen regimens family".split()
)
"""Words that may follow a name and belong to it."""

_ASPECTS = frozenset(
    "effect effects event events toxicity toxicities mechanism mechanisms dose doses dosage dosing "
    "half-life limitation limitations limit limits benefit benefits risk risks advantage advantages "
    "disadvantage disadvantages drawback drawbacks role roles efficacy effectiveness safety evidence "
    "result results outcome outcomes indication indications function functions symptom symptoms cause "
    "causes cost costs price complication complications prognosis contraindication contraindications use "
    "uses application applications problem problems challenge challenges consequence consequences "
    "purpose tolerability side-effects alternative alternatives example examples".split()
)
"""Nouns that say little without what they belong to, as "effects" of a drug."""
_GENERAL = frozenset(
    "side adverse clinical main common usual recommended typical severe serious long-term short-term "
    "possible potential known reported treated managed reduced avoided prevented measured used expected "
    "observed seen high low biggest greatest important exact major".split()
)
"""Words beside an aspect that do not tell what it belongs to."""

_FUNCTION = frozenset(
    "above across against among beside besides beyond every ever even must never plus shall since upon "
    "versus vs well whether within without yet another isn't aren't don't doesn't didn't wasn't can't "
    "won't cannot".split()
)
_LETTERS = frozenset("BT")
"""Single letters that count as words: T cells and B cells."""
_VERBS = frozenset(
    form
    for verb in (
        "act activate affect agree appear argue arise attack avoid beat become begin bind block boost "
        "bother bring bypass choose come combine compare contain contribute cure cut decrease deliver "
        "depend describe develop die differ discuss drive enhance exist express fight find forbid get go "
        "grow happen hamper harm help hinder improve increase induce inhibit interact keep kill know "
        "last lead limit look make matter mediate mention modulate need occur overcome play predict "
        "prevent produce put promote propose protect prove raise recommend recur reduce regulate remain "
        "resist respond restrict save say see seem shape shrink slow speak spread stay stimulate stop "
        "suggest suppress survive sustain take tend think treat trigger try turn use want weaken work "
        "worsen write"
    ).split()
    for form in (verb, f"{verb}s", f"{verb}es")
) | frozenset(
    "applies carries studied gets had has lies made paid won wrote given taken shown seen known found done used".split()
)
_PREDICATE = re.compile(
    r"toxic|safe|effective|useful|dangerous|harmful|available|expensive|promising|necessary|possible|common|rare|good|"
    r"bad|better|best|worse|different|similar|important|beneficial|able|likely|responsible|active|resistant|unsolved|"
    r"severe|superior|worthwhile|\w{3,}(?:able|ible)|true|new|old|high|low|strong|weak|enough|alone|together|well|too",
    re.I,
)
_SPLITS = re.compile(r"\w+(?:ed|ing|ly)", re.I)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: ``text[start:end]`` of the question it was found in."""

    text: str
    start: int
    end: int
    kind: Kind
    plural: bool
    aspect: bool = False
    """Whether it belongs to something else, as a side effect does."""


def phrases(text: str, thesaurus: Thesaurus) -> list[Phrase]:
    """The noun phrases of a question, in order.

    >>> [(p.text, p.kind) for p in phrases("Does high-dose IL-2 work in melanoma?", {})]
    [('high-dose IL-2', 'name'), ('melanoma', 'disease')]
    """
    found = [phrase for run in _runs(text) for phrase in _of_run(text, run, thesaurus)]
    for place, (one, other) in enumerate(pairwise(found)):
        gap = text[one.end : other.start]
        if one.aspect and _OF.fullmatch(gap):  # the side effects of IL-2
            found[place] = _phrase(text, one.start, other.end, "", one.plural, aspect=True)
        elif other.aspect and _OWNS.fullmatch(gap):  # IL-2's side effects
            found[place + 1] = _phrase(text, one.start, other.end, "", other.plural, aspect=True)
    return found


def is_aspect(word: str) -> bool:
    """Whether a word says little without what it belongs to, as "dose" and "effects" do."""
    return word.lower() in _ASPECTS


def is_general(word: str) -> bool:
    """Whether a word beside an aspect does not tell what that belongs to, as "severe" and "recommended"."""
    return word.lower() in _GENERAL


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Neighbouring words that may be one noun phrase."""
    run: list[re.Match[str]] = []
    for token in TOKEN.finditer(text):
        word = token.group().lower()
        content = (tells(word) and word not in _FUNCTION) or token.group() in _LETTERS
        may = content and (word not in _VERBS or (is_aspect(word) and _NOUN_SIGN.search(text[: token.start()])))
        splits = _SPLITS.fullmatch(word) and (run or not word.endswith("ed"))
        if run and (not may or splits or not _joined(text, run[-1], token)):
            yield run
            run = []
        if may and not splits:
            run.append(token)
    if run:
        yield run


def _joined(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    gap = text[one.end() : other.start()]
    return gap.isspace() or (_OWNS.fullmatch(gap) is not None and not _is_name(one.group()))


def _of_run(text: str, run: list[re.Match[str]], thesaurus: Thesaurus) -> Iterator[Phrase]:
    while run and (_PREDICATE.fullmatch(run[-1].group()) or _SPLITS.fullmatch(run[-1].group())):
        run = run[:-1]
    if not run:
        return
    words = [token.group() for token in run]
    kinds = [_kind(word, thesaurus) for word in words]
    kinded = [place for place, kind in enumerate(kinds) if kind]
    if not kinded:
        aspect = any(map(is_aspect, words)) and all(is_aspect(word) or is_general(word) for word in words)
        yield _phrase(text, run[0].start(), run[-1].end(), "", _is_plural(words[-1]), aspect=aspect)
        return
    telling = [place for place in kinded if kinds[place] != "group"] or kinded
    last = telling[-1]
    kind = kinds[last]
    # After a symbol or a plural, an unknown word is probably a predicate: "Is IL-2 curative?"
    compound = not (_is_name(words[last]) or _DRUG.fullmatch(words[last]) or _is_plural(words[last]))
    for word in words[last + 1 :]:
        if word.lower() not in _NAMED and (is_aspect(word) or not compound):
            break
        last += 1
        kind = kind if kind == "name" else ""
    yield _phrase(text, run[0].start(), run[last].end(), kind, _is_plural(words[last]))
    if is_aspect(words[-1]):
        yield _phrase(text, run[0].start(), run[-1].end(), "", _is_plural(words[-1]), aspect=True)


def _phrase(text: str, start: int, end: int, kind: Kind, plural: bool, *, aspect: bool = False) -> Phrase:
    return Phrase(text[start:end], start, end, kind, plural, aspect)


def _kind(word: str, thesaurus: Thesaurus) -> Kind:
    small = word.lower()
    if _CELL.fullmatch(word):
        return "cell"
    if _DISEASE.fullmatch(word):
        return "disease"
    if small in _GROUP:
        return "group"
    if small in _MOLECULE or small.removesuffix("s") in _MOLECULE or _DRUG.fullmatch(word) or _is_name(word):
        return "name"
    others = () if is_aspect(word) else thesaurus.get(key(word), ())
    return "name" if any(_is_name(other) or _initials(other) == small for other in others) else ""


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.lower().split())


def _is_name(word: str) -> bool:
    return " " not in word and _NAME.fullmatch(word) is not None


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3


def siblings(one: Phrase, other: Phrase, thesaurus: Thesaurus) -> bool:
    """Whether two phrases name things of one kind, by rule or by a name that both have in the thesaurus."""
    shared = set(thesaurus.get(key(one.text), ())) & set(thesaurus.get(key(other.text), ()))
    return bool(shared) or (one.kind == other.kind and one.kind != "")


def nearness(one: Phrase, other: Phrase, thesaurus: Thesaurus) -> int:
    """How alike two phrases of one kind are, to find the parallel of a phrase; higher is nearer."""
    shared = set(thesaurus.get(key(one.text), ())) & set(thesaurus.get(key(other.text), ()))
    return 2 * (_letters(one.text) == _letters(other.text) != "") + bool(shared)


def _letters(text: str) -> str:
    """The letters that a family of names begins with: IL of IL-2, PD of PD-L1."""
    return re.split(r"[\W\d]", text, maxsplit=1)[0] if _is_name(text) else ""


def coordinated(text: str, found: Sequence[Phrase], first: Phrase) -> Phrase:
    """The phrase together with the phrases of its kind that "and", "or" or a comma joins to it."""
    last = first
    for other in found:
        joined = re.fullmatch(
            r"\s*(?:,|/|&|,?\s+(?:and|or|versus|vs\.?|with))\s*(?:the\s+)?", text[last.end : other.start]
        )
        if other.start >= last.end and joined and other.kind == first.kind and not other.aspect:
            last = other
    plural = first.plural or last is not first
    return _phrase(text, first.start, last.end, first.kind, plural)
