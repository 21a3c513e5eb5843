"""Pure functions over text: repair line breaks, split sentences, and turn words into search terms.

Leaves out everything that needs a file, a model or a language other than English.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

import Stemmer

from qa.records import Section
from qa.scripts import unscripted
from qa.variants import american

Span = tuple[int, int]

# ---------------------------------------------------------------- white space and broken lines

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff]")
_SPACE = re.compile(r"\s+")
_LINE_END_HYPHEN = re.compile(r"(\w+)[-\u2010]$")
_FIRST_WORD = re.compile(r"\w+")
_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")

# Prefixes that English writes with a hyphen; at a line's end such a hyphen belongs to the word.
_HYPHENATED_PREFIXES = frozenset(
    "all anti bi co cross double ex extra full half high inter intra long low mid mono multi non off on "
    "one open over peri poly post pre pro pseudo re self semi short single sub super third trans tri "
    "two ultra under up well".split()
)

# Endings that are no words of their own: the hyphen before one was a break within a word.
_SUFFIXES = frozenset(
    "able ance ances ant ation ations ative cal cally cation cations cific ence ences ent ently ful gic ible "
    "ical ically ing ings ism isms ist ists itis ity ive ively ization less ling logical logy ly ment ments "
    "mune nal ness ogy ology ous ously pies py rapies rapy ric sion sions sis sive sively tal tant ted tent "
    "tial tially tic tical tically ties ting tion tional tions tive tively tor tors trol ture tures ty".split()
)

_LONGEST_WORD = 200
"""Characters of a word that are looked at: a file may go on with one for millions of lines."""
WRAP_LIMIT = 160
"""Lines longer than this many characters are paragraphs, not the lines of a wrapped page."""


def collapse(text: str) -> str:
    """The text on one line: control characters dropped, each run of white space one space.

    >>> collapse(" two\\n  words ")
    'two words'
    """
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def printable(name: str) -> str:
    """A file's name as text that can be stored and shown, also where its bytes are no text.

    Lone surrogates become escapes, which JSON reads back.
    """
    return name.encode("utf-8", "backslashreplace").decode()


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text in lower case, compounds both whole and in parts, to judge hyphens by."""
    words = {match.group().lower().replace("\u2010", "-") for match in _WORD.finditer(text)}
    return frozenset(words | {part for word in words for part in word.split("-")})


def join_lines(lines: Iterable[str], known: frozenset[str]) -> str:
    """The lines of one paragraph as one line, with the hyphens at line ends resolved.

    A hyphen was a break within a word, and goes, where the text has the word whole elsewhere, or where no
    word starts with what follows it; else it stays, since it may belong to the word. A soft hyphen always
    goes. ``known`` is the ``vocabulary`` of the whole text.

    >>> join_lines(["enhancing anti-", "tumor treat-", "ment"], vocabulary("tumor treatment"))
    'enhancing anti-tumor treatment'
    """
    parts: list[str] = []
    last, soft = "", False  # the last word so far
    for raw in lines:
        line, glued = collapse(raw), soft
        soft = raw.rstrip().endswith("\u00ad")
        broken = _LINE_END_HYPHEN.search(last) if last.endswith(("-", "\u2010")) else None
        following = _FIRST_WORD.match(line)
        if not glued and broken and following:
            if not _keeps_hyphen(broken.group(1), following.group(), known):
                parts[-1], last = parts[-1][:-1], last[:-1]
        elif not glued and parts and line:
            parts.append(" ")
            last = ""
        if line:
            parts.append(line)
            last = (last + line).rpartition(" ")[2][-_LONGEST_WORD:]
    return "".join(parts)


def _keeps_hyphen(left: str, right: str, known: frozenset[str]) -> bool:
    first, second = left.lower(), right.lower()
    if f"{first}-{second}" in known:
        return True
    if first + second in known:
        return False
    if first in _HYPHENATED_PREFIXES or not left[-1].islower() or not right[0].islower():
        return True
    return second not in _SUFFIXES


def is_wrapped(lines: list[str]) -> bool:
    """Whether these lines are one paragraph of a wrapped page rather than a paragraph each.

    In a wrapped paragraph every line but the last is full: the next line's first word would not have
    fitted into the width that the longest line sets, give or take the ragged edge of set type.
    """
    width = max(map(len, lines))
    if len(lines) < 2 or width > WRAP_LIMIT:
        return False
    pairs = list(pairwise(lines))
    full = sum(len(line) + 1 + len(following.split(maxsplit=1)[0]) >= 0.8 * width for line, following in pairs)
    return full >= 0.8 * len(pairs)


# ---------------------------------------------------------------- sentences

_ABBREVIATIONS = frozenset(
    "al approx ca cf dr eds eg ie inc incl jr ltd mr mrs ms prof resp sp spp sr st subsp viz vs "
    "e.g i.e a.k.a u.s u.k ph.d m.d b.i.d t.i.d i.v i.p s.c p.o".split()
)
# How far around a stop its word and what follows are looked for, so that a line of megabytes costs no more.
_LOOK_BACK = 64
_LOOK_AHEAD = 8
# Abbreviations before a number; before a word the same letters end a sentence.
_NUMBERED_ABBREVIATIONS = frozenset(
    "ch eq eqs ext fig figs no nos nr p pp ref refs sec supp suppl tab var vol vols".split()
)
_SENTENCE_END = re.compile(
    r"""[.!?]+["'”’)\]]*            # the stop, with what closes after it
        (?:\s*\[[\d,;\s–-]+\])*+     # reference marks set after the stop: ". [4, 5]" or ".[4]"
        (?=\s+["'“‘(\[]*[A-Z0-9Α-Ω⁰¹²³⁴-⁹]) # what starts the next sentence""",
    re.VERBOSE,
)
_LONE_STOP = re.compile(r"(?<=[\])])\s+\.(?=\s+[\"'“‘(\[]*[A-Z0-9Α-Ω⁰¹²³⁴-⁹])")
_LINE = re.compile(r"[^\n]+")
_BEFORE_STOP = re.compile(r"[^\s(\[\"“‘]+$")


def split_sentences(text: str) -> list[Span]:
    """The spans of the sentences of a text, in order, without the white space around them.

    Line breaks end sentences too. Every character that is not white space lies in exactly one span.

    >>> text = "IL-2 works (e.g. in melanoma) [3] . It is toxic."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['IL-2 works (e.g. in melanoma) [3] .', 'It is toxic.']
    """
    return [span for line in _LINE.finditer(text) for span in _sentences_of_line(text, line.start(), line.end())]


def section_sentences(text: str, section: Section) -> list[Span]:
    """The spans of the sentences of a section of the text, in order; in a table each line is one."""
    words = text[section.start : section.end]
    by_line = section.role == "table"
    spans = [line.span() for line in _LINE.finditer(words)] if by_line else split_sentences(words)
    return [(section.start + start, section.start + end) for start, end in spans]


def _sentences_of_line(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for stop in sorted({*_stops(text, start, end), end}):
        piece = text[begin:stop]
        if piece.strip():
            yield begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())
        begin = stop


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text, start, end):
        before = text[max(start, match.start() - _LOOK_BACK) : match.start()]
        if not _is_abbreviation(before, match.group(), text[match.end() : match.end() + _LOOK_AHEAD]):
            yield match.end()
    yield from (match.end() for match in _LONE_STOP.finditer(text, start, end))


def _is_abbreviation(before: str, stop: str, after: str) -> bool:
    if not stop.startswith(".") or stop.startswith(".."):
        return False
    word = _BEFORE_STOP.search(before)
    if word is None:
        return False
    bare = word.group().strip(",;")
    if bare.isdigit():  # the number of a list's item, at the start of its line
        return len(before) < _LOOK_BACK and before.strip() == bare
    initial = len(bare) == 1 and bare.isalpha() and bare.isupper()
    numbered = bare.lower() in _NUMBERED_ABBREVIATIONS and after.lstrip()[:1].isdigit()
    return bare.lower() in _ABBREVIATIONS or initial or numbered


_LEANING = re.compile(
    r"(?:(?:but|and|however|moreover|furthermore|additionally|in addition|nevertheless|similarly|in contrast|"
    r"thus|therefore|hence|consequently),?\s+)*"
    r"(?:this|that|these|those|it|its|they|their|them|such|he|she|both|the (?:latter|former)|one of these)\b|"
    r"(?:however|moreover|furthermore|additionally|in addition|nevertheless|similarly|in contrast|thus|"
    r"therefore|hence|consequently)\b",
    re.IGNORECASE,
)
_FINISHED = re.compile(r"[.!?][\"'”’)\]]*(?:\s*\[[^\]]*\])*(?:\s+\.)?$")
_STATEMENT_WORDS = 4


def leans_on_previous(sentence: str) -> bool:
    """Whether the sentence opens by pointing back, so that the one before says what it is about.

    >>> leans_on_previous("However, its severe toxicity limits widespread use.")
    True
    """
    return _LEANING.match(sentence) is not None


def is_fragment(sentence: str) -> bool:
    """Whether this is rather a title, a label or a list of names than a statement.

    >>> is_fragment("MINI REVIEW article")
    True
    """
    return len(sentence.split()) < _STATEMENT_WORDS or _FINISHED.search(sentence) is None


# ---------------------------------------------------------------- search terms

_GREEK = {
    unicodedata.lookup(f"GREEK SMALL LETTER {name}"): name.lower()
    for name in (
        "ALPHA BETA GAMMA DELTA EPSILON ZETA ETA THETA IOTA KAPPA LAMDA MU NU XI OMICRON PI RHO SIGMA TAU "
        "UPSILON PHI CHI PSI OMEGA"
    ).split()
}
_GREEK["λ"] = "lambda"
_GREEK_TABLE = str.maketrans(_GREEK)
# What joins the parts of a compound: a hyphen or apostrophe, or the mark of a superscript or subscript: 10^-5, CO_2.
_JOINT = re.compile(r"[-\u2010\u2011\u2013'’]|\^[-\u2212+]?|_(?=\d)")
_COMPOUND = re.compile(rf"\d+(?:\.\d+)+|[^\W_]+(?:(?:{_JOINT.pattern})[^\W_]+)*")
_TIMES = re.compile(r"(?<=\d) ?[x×·] ?(?=10\^)")

_STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but by can "
    "could did do does doing during each for from further had has have having he her here hers him his how "
    "i if in into is it its itself just me more most my no nor not now of off on once only or other our "
    "ours out over own s same she should so some such t than that the their theirs them then there these "
    "they this those through to too under until up very was we were what when where which while who whom "
    "whose why will with would you your yours may might us via et al ie eg".split()
)
# Words that say what kind of question it is, not what it is about.
_QUESTION_WORDS = frozenset(
    "what which who whom whose when where why how many much long often is are was were do does did can "
    "could will would should may might there any some tell me please describe explain give list name "
    "mean means meant called known".split()
)


def terms(text: str) -> list[str]:
    """The search terms of a text, in order: folded, stemmed, without stop words.

    British spellings become American ones. Greek letters are spelled out; a compound gives itself joined and then its
    parts, so that IL-2 meets IL2, and TGF-β meets TGFβ and TGF-beta. Superscripts and subscripts join too: 10⁵ meets
    10^5 and 105, CO₂ meets CO2. Names with digits are never stemmed.

    >>> terms("The toxicities of IL-2 and TGF-β")
    ['toxic', 'il2', 'il', 'tgfbeta', 'tgf', 'beta']
    """
    return [term for word in _words(text) for term in word]


def question_words(question: str) -> list[list[str]]:
    """The search terms of a question, word by word, without the words that only ask.

    A compound is one word of several terms: itself joined, and its parts.

    >>> question_words("How toxic is high-dose IL-2?")
    [['toxic'], ['highdos', 'high', 'dose'], ['il2', 'il']]
    """
    asked = " ".join(word for word in question.split() if word.lower().strip("?,.!:;\"'") not in _QUESTION_WORDS)
    return _words(asked) or _words(question)


def tells(word: str) -> bool:
    """Whether a word of a question says what it is about, rather than that it asks.

    >>> tells("dose"), tells("which")
    (True, False)
    """
    return word.lower() not in _STOP_WORDS | _QUESTION_WORDS


def question_terms(question: str) -> list[str]:
    """The distinct search terms of a question, in order, without the words that only ask.

    >>> question_terms("How many patients were treated?")
    ['patient', 'treat']
    """
    return list(dict.fromkeys(term for word in question_words(question) for term in word))


def _words(text: str) -> list[list[str]]:
    folded = unicodedata.normalize("NFKC", unscripted(text)).lower().translate(_GREEK_TABLE)
    if "^" in folded:
        folded = _TIMES.sub(" ", folded)
    words = (list(dict.fromkeys(_terms_of(match.group()))) for match in _COMPOUND.finditer(folded))
    return [word for word in words if word]


def _terms_of(compound: str) -> Iterator[str]:
    parts = _JOINT.split(compound)
    if len(parts) == 1:
        if compound not in _STOP_WORDS:
            yield stem(compound)
        return
    if parts[-1] == "s":  # the possessive
        yield from _terms_of("-".join(parts[:-1]))
        return
    yield stem("".join(parts))
    for part in parts:
        if len(part) > 1 and part not in _STOP_WORDS:
            yield stem(part)


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word in lower case without its English ending; short ones and those with digits as they are.

    >>> stem("toxicities"), stem("il2")
    ('toxic', 'il2')
    """
    if len(word) < 4 or not word.isalpha():
        return word
    stemmed: str = _stemmer().stemWord(american(word))
    return stemmed
