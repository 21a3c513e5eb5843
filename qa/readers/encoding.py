"""Bytes to text. An encoding that the file declares, or that is certain, is trusted. A guess is noted as a guess.

A file that is UTF-8 except for a few bytes is refused, with the place of the first bad byte. Any other encoding would
change its other characters, and those would be quoted.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from charset_normalizer import from_bytes

from qa.readers.blocks import NotReadable
from qa.text.lines import collapse

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, because the UTF-32 mark starts with the UTF-16 mark
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_DECLARED = re.compile(
    rb"""<\?xml[^>]*\sencoding\s*=\s*["']?\s*([\w:.-]+)|<meta[^>]*charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE
)
_DECLARED_WITHIN = 4096

_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""Encodings that are read as a larger one that contains them, as browsers do (WHATWG Encoding Standard)."""

_NEVER = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"})

_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\$\(D|\([JI])")
"""The escapes that switch to Japanese characters in ISO-2022-JP, whose bytes are all ASCII."""

_WESTERN_SHARE = 0.1
"""Text that is not UTF-8 is Windows-1252 if its share of non-ASCII bytes is below this. Guessing often misses it."""

_FEW, _IN_A_ROW = 10, re.compile(rb"[\x80-\xff]{2}")
"""A text with fewer non-ASCII bytes than this, none of them adjacent, is Windows-1252 too."""

_SIGN_IN_WORD = re.compile(r"[^\W\d_][€‚„†‡ˆ‰‹•˜™›¡-©«-°²-´¶¸¹»-¿][^\W\d_]")
"""A sign inside a word, as when Polish in Windows-1250 is read as Windows-1252. Not "mean±SD", "A×B" and "l·l"."""

_SOUND, _BROKEN = re.compile("[^\0-\x7f\udc80-\udcff]"), re.compile("[\udc80-\udcff]{1,3}")
"""A stray byte inside a character breaks that character too."""

_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_SHOWN = 20
_ZEROS = 4
"""If fewer than one byte in this many is zero, the zeros are strays in a UTF-8 text."""

NOT_TEXT = "is not text, whatever its name says; give a text file."
NO_ENCODING = "is not UTF-8, and what else it is cannot be told for sure; save it as UTF-8."


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file. ``guessed`` names its encoding if that was not certain."""

    text: str
    guessed: str | None = None

    @property
    def fields(self) -> Mapping[str, str]:
        """What a Document should note about the encoding."""
        return {"encoding": self.guessed} if self.guessed else {}


def decoded(data: bytes, declared: str | None = None) -> Decoded:
    """The text of a file, which may declare its encoding. NotReadable if it is not text, or is damaged."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data[len(mark) :], encoding, len(mark)))
    if b"\x00" in data:
        return _without_mark(data)
    if _ESCAPES.search(data) or declared == "iso2022_jp":
        return Decoded(_strictly(data, "iso2022_jp_ext"), None if declared else "iso2022_jp")
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if declared == "utf-8" or _is_nearly_utf_8(data):
            raise _damaged(data, "utf-8", error, 0) from None
    return Decoded(_strictly(data, declared)) if declared else _guessed(data)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that the head of an HTML or XML file names, as Python calls it. None if Python does not know it."""
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    if found is None:
        return None
    try:
        name = codecs.lookup((found[1] or found[2]).decode("ascii")).name
        holds_ascii = b"A ".decode(name) == "A "
    except (LookupError, UnicodeError):  # also codecs that do not make text from bytes, such as base64
        return None
    if name in _NEVER:
        return None
    if not holds_ascii:
        return "utf-8" if name.startswith("utf") else None  # in real UTF-16 we could not have read this head
    return _READ_AS.get(name, name)


def _strictly(data: bytes, encoding: str, skipped: int = 0) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _damaged(data, encoding, error, skipped) from None


def _damaged(data: bytes, encoding: str, error: UnicodeDecodeError, skipped: int) -> NotReadable:
    """The refusal that names the first byte that does not fit the encoding, and its place."""
    before = data[: error.start].decode(encoding, "replace")
    line = len(re.findall("\r\n|\r|\n", before)) + 1
    last = collapse(before)[-_SHOWN:]
    after = f", after “{last}”" if last else ", at the beginning"
    place = f"line {line:,} (byte {skipped + error.start + 1:,} of the file){after}"
    name = encoding.upper().removesuffix("-LE").removesuffix("-BE") if encoding.startswith("utf") else encoding
    return NotReadable(
        "malformed",
        f"has 0x{data[error.start]:02X} in {place}, which is no {name} as the rest is; mend that place or get it anew.",
    )


def _is_nearly_utf_8(data: bytes) -> bool:
    """Whether at least half of the characters beyond ASCII are sound. This happens in no other encoding."""
    text = data.decode("utf-8", "surrogateescape")
    return len(_SOUND.findall(text)) >= len(_BROKEN.findall(text)) > 0


def _without_mark(data: bytes) -> Decoded:
    """UTF-16 or UTF-32 without its mark, recognised by where the zero bytes of its ASCII characters are."""
    if _ZEROS * data.count(0) < len(data) and _is_utf_8_text(data.replace(b"\0", b"")):
        start = data.index(0)
        raise _damaged(data, "utf-8", UnicodeDecodeError("utf-8", data, start, start + 1, "no text has it"), 0)
    for encoding in _wide(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return Decoded(text, encoding)
    raise NotReadable("malformed", NOT_TEXT)


def _is_utf_8_text(data: bytes) -> bool:
    try:
        return _is_text(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _wide(data: bytes) -> Iterator[str]:
    yield from ("utf-32-le", "utf-32-be") if not len(data) % 4 else ()
    little = data[1::2].count(0) > data[::2].count(0)
    yield "utf-16-le" if little else "utf-16-be"


def _is_text(text: str) -> bool:
    return not any(unicodedata.category(one) in _NO_TEXT for one in set(text) - set("\t\n\v\f\r"))


def _is_western(data: bytes) -> bool:
    count = sum(byte > 0x7F for byte in data)
    return count < _WESTERN_SHARE * len(data) or (count < _FEW and not _IN_A_ROW.search(data))


def _guessed(data: bytes) -> Decoded:
    if _is_western(data):
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise NotReadable("malformed", NO_ENCODING) from None
        if _SIGN_IN_WORD.search(text):
            raise NotReadable("malformed", NO_ENCODING)
        return Decoded(text, "cp1252")
    guess = from_bytes(data).best()
    if guess is None:
        raise NotReadable("malformed", NO_ENCODING)
    return Decoded(str(guess), guess.encoding)
