"""Classify a PDF block by its words: sentences, a notice, or a float's caption."""

import re

from qa.readers.pdf.layout import Block
from qa.readers.pdf.setting import Setting

PROSE_LETTERS = 150
_CAPTION = re.compile(
    r"(?:supplement(?:ary|al) |suppl\. |online |additional |appendix |extended data )?"
    r"(?:fig(?:ure|s?\.|s)?|tab(?:le|\.)|scheme|box|plate|chart|exhibit|panel|algorithm)\s*\.?\s*"
    r"(?:[a-z]?\d{1,3}[a-z]?|[ivx]{1,5}|[a-z])\b(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NOTICES = (
    r"(?:received|accepted|revised|submitted|copyright|correspond(?:ence|ing)|funding|keywords?|orcid|doi|issn|pmid)\b",
    r"published\b(?: online)?[: ]|available online|article history|downloaded from",
    r"©|\(c\) ?(?:19|20)\d\d|the author\(?s?\)?,? (?:19|20)\d\d|licensee|creative commons",
    r"(?:this is an? )?open[- ]access|this (?:article|work) is (?:distributed|licensed|published|made available)",
    r"how to cite|cite (?:this|as)|citation:|to cite|quick response code|access this article",
    r"\*? ?author for correspondence|address (?:for )?(?:reprint|correspond|all)|(?:for )?reprints?(?: requests)?\b",
    r"e-?mail:?|tel\.?:|phone:|fax:|website:|https?://|www\.",
    r"edited by|reviewed by|(?:\w+ )?editor:|academic editor|specialty section|invited referees?|peer.?review",
    r"publisher.?s? note|electronic supplementary|supplementary (?:material|information) |the online version",
    r"from (?:the )?[¹ᵃ]?(?:department|division|cent(?:er|re)|school|institute|university|faculty|hospital)",
    r"department of|present address|full list of author|subject (?:areas?|category)|this article is part of",
    r"\d{4}-\d{3}[\dX]\b|[A-Z][\w. ]{3,40} (?:19|20)\d\d;\s?\d+",
    r"(?:these|both|the) authors contributed|[\w ,]{0,30}contributed equally",
    r"conflicts? of interest|(?:sponsorships or )?competing interests?|disclosures?:|abbreviations?\b|key words\b",
)
"""First words of notices by a publisher, or by authors about themselves."""
_NOTICE = re.compile(rf"\W{{0,3}}(?:{'|'.join(_NOTICES)})", re.IGNORECASE)
_FUNCTION = frozenset(
    "the of and in to a is was were that for with by as on are this these we be been from at or an it its has have had "
    "which not can may but our their they than such also between after during who when while both into".split()
)
_FINITE = frozenset(
    "is was were are be been has have had can may could will would should that which we this these to not it they "
    "than shows showed shown used using found".split()
)
_WORD = re.compile(r"[^\W\d_]+")


def is_prose(text: str) -> bool:
    """Whether a text is sentences, by its share of words that only sentences have."""
    words = [word.lower() for word in _WORD.findall(text)]
    if not words:
        return False
    function = sum(word in _FUNCTION for word in words) / len(words)
    return function >= 0.2 and sum(word in _FINITE for word in words) >= 0.025 * len(words)


def is_notice(text: str) -> bool:
    """Whether a text starts like a notice of publishers, or of authors about themselves."""
    return _NOTICE.match(text) is not None


def is_caption(block: Block, setting: Setting) -> bool:
    """Whether a block starts like a caption: a float's name and number, but no sentence about it."""
    match = _CAPTION.match(block.text)
    if match is None:
        return False
    after = match["after"]
    if not after.strip() or re.match(r"\s*[.:|–—(]|\s+[^a-z\s]", after):
        return True
    return abs(block.size - setting.size) > 0.03 * setting.size
