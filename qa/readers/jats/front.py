"""The metadata of a JATS article: the Document's fields, and the front matter as text."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from qa.readers.blocks import Block
from qa.readers.frontmatter import Fields, creative_commons
from qa.readers.jats.text import hrefs, plain
from qa.text.lines import collapse

_MONTHS = "January February March April May June July August September October November December".split()
_CC_NAME = re.compile(
    r"Creative Commons Attribution(?P<NC>[\s-]+Non-?Commercial)?(?P<ND>[\s-]+No-?Deriv\w*)?"
    r"(?P<SA>[\s-]+Share-?Alike)?(?:[^.;]{0,40}?\b(?P<version>\d\.\d)\b)?",
    re.IGNORECASE,
)
_CC_ZERO = re.compile(
    r"publicdomain/zero|\bCC0\b|Creative Commons Public Domain|public domain dedication", re.IGNORECASE
)
_LICENCE_LENGTH = 200

_SURNAME_LAST = ("given-names", "surname", "suffix")
_FOOTNOTES = frozenset({"xref", "fn"})


# ---------------------------------------------------------------- what the article says of itself


def fields_of(article: Any) -> Fields:
    """The Document's descriptive fields that the XML gives, and no others."""
    licence = article.find("front/article-meta//license")
    fields = {
        "title": plain(article.find("front/article-meta/title-group/article-title"), _FOOTNOTES),
        "authors": tuple(filter(None, map(_author, article.iterfind("front/article-meta/contrib-group/contrib")))),
        "journal": _first(article, _JOURNAL),
        "year": _year(article.findall("front/article-meta/pub-date")),
        "doi": _first(article, ("front/article-meta/article-id[@pub-id-type='doi']",)),
        "pmid": _first(article, ("front/article-meta/article-id[@pub-id-type='pmid']",)),
        "pmcid": re.sub(r"^(?=\d)", "PMC", _first(article, _PMCID)),
        "url": next((link for uri in article.iterfind("front/article-meta/self-uri") for link in _web(uri)), None),
        "licence": _licence(licence) if licence is not None else None,
        "keywords": tuple(filter(None, map(plain, article.xpath(_KEYWORDS)))),
        "kind": _kind(article),
    }
    return {name: value for name, value in fields.items() if value}


_JOURNAL = (
    "front/journal-meta//journal-title",
    "front/journal-meta//abbrev-journal-title",
    "front/journal-meta/journal-id[@journal-id-type='nlm-ta']",
)
_PMCID = tuple(f"front/article-meta/article-id[@pub-id-type='{kind}']" for kind in ("pmcid", "pmc"))
_KEYWORDS = "front/article-meta/kwd-group[not(contains(@kwd-group-type, 'abbrev'))]//*[self::kwd or self::compound-kwd]"


def _first(article: Any, paths: Sequence[str]) -> str:
    """The text at the first of the paths that has any, else empty."""
    return next(filter(None, (plain(article.find(path)) for path in paths)), "")


def _author(contrib: Any) -> str:
    """The name of an author (given names first) or of a group of authors; empty for other contributors."""
    if contrib.get("contrib-type") != "author":
        return ""
    for name in contrib.iter("name", "string-name", "collab"):
        parts = [plain(name.find(part)) for part in _SURNAME_LAST]
        return " ".join(filter(None, parts)) or plain(name, {*_FOOTNOTES, "contrib-group", "aff", "address"})
    return ""


def _year(dates: Sequence[Any]) -> int | None:
    """The year of publication: from the earliest electronic date, else the issue, print, or any date."""
    ranked = [
        (_date_rank(date), int(year[0]))
        for date in dates
        if (year := re.search(r"\d{4}", plain(date.find("year")) or date.get("iso-8601-date", "")))
    ]
    return min(ranked)[1] if ranked else None


def _date_rank(date: Any) -> int:
    kinds = (date.get("pub-type"), date.get("publication-format"), date.get("date-type"))
    orders = (("epub", "epub-ppub", "electronic"), ("collection",), ("ppub", "print", "pub"))
    return next((rank for rank, order in enumerate(orders) if any(kind in order for kind in kinds)), len(orders))


def _licence(licence: Any) -> str:
    """The short name of a Creative Commons licence, else the first words of the licence."""
    text = plain(licence)
    by_address = creative_commons(" ".join([*hrefs(licence), text]))
    if by_address:
        return by_address
    name = _CC_NAME.search(text)
    if name:
        terms = "-".join(["BY", *(term for term in ("NC", "ND", "SA") if name[term])])
        return f"CC {terms} {name['version'] or ''}".strip()
    return "CC0" if _CC_ZERO.search(" ".join([*hrefs(licence), text])) else text[:_LICENCE_LENGTH].strip()


def _web(uri: Any) -> list[str]:
    return [link for link in hrefs(uri) if link.startswith("http") and uri.get("content-type") != "pdf"]


def _kind(article: Any) -> str | None:
    if any(plain(paragraph) for paragraph in article.iterfind("body//p")):
        return "full text"
    return "abstract" if article.find("front/article-meta/abstract") is not None else None


# ---------------------------------------------------------------- front matter


def front_matter(article: Any, fields: Fields) -> list[Block]:
    """One block each for title, authors, journal, dates, licence, keywords, funding and notes, if present."""
    meta = article.find("front/article-meta")
    if meta is None:
        return []
    lines = [
        fields.get("title", ""),
        plain(meta.find("title-group/subtitle"), _FOOTNOTES),
        _labelled("Authors", ", ".join(fields.get("authors", ()))),
        _labelled("Journal", ", ".join(filter(None, [fields.get("journal", ""), *_issue(meta)]))),
        "; ".join(_dates(meta)),
        *map(
            plain, meta.xpath("permissions/copyright-statement | permissions/license | copyright-statement | license")
        ),
        _labelled("Keywords", ", ".join(fields.get("keywords", ()))),
        *(_labelled("Funding", plain(said)) for said in meta.iterfind("funding-group/funding-statement")),
        *(
            _labelled(plain(said.find("meta-name")), plain(said.find("meta-value")))
            for said in meta.iter("custom-meta")
        ),
        *map(plain, meta.iterfind("author-notes/fn")),
    ]
    return [Block(line, role="front") for line in lines if line]


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if text else ""


def _issue(meta: Any) -> list[str]:
    """Volume, issue and pages, if given."""
    pages = "–".join(filter(None, (plain(meta.find(name)) for name in ("fpage", "lpage"))))
    volume, issue = (_worded(name, plain(meta.find(name))) for name in ("volume", "issue"))
    return [volume, issue, _worded("pages", pages), plain(meta.find("elocation-id"))]


def _worded(word: str, text: str) -> str:
    return f"{word} {text}" if text else ""


def _dates(meta: Any) -> Iterator[str]:
    """The date of publication that gives the year, then the dates of the history."""
    published = sorted(meta.iterfind("pub-date"), key=_date_rank)[:1]
    for date in (*published, *meta.iterfind("history/date")):
        kind = "published" if date.tag == "pub-date" else date.get("date-type", "date")
        said = plain(date.find("string-date")) or " ".join(filter(None, _day(date))) or date.get("iso-8601-date", "")
        if collapse(said):
            yield collapse(_labelled(kind.replace("-", " ").capitalize(), said))


def _day(date: Any) -> Iterator[str]:
    for name in ("day", "season", "month", "year"):
        said = plain(date.find(name))
        yield _MONTHS[int(said) - 1] if name == "month" and said.isdecimal() and 0 < int(said) < 13 else said
