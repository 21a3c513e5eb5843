"""Exports answers for other programs: Markdown, BibTeX, RIS, CSL-JSON, and the answer's own JSON.

Each writer takes answers in their documented JSON form and a function that finds the cited documents. References use
the description of the document, or that of the citation if the document is not found. There is one reference per
document, with every quote and its place as a note. Unknown fields are left out. Names are written as the document gives
them, never split by guess.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.errors import AnswerFileError
from qa.proof.citations import cautioned, marks, pinpoint, read_citation
from qa.proof.unproved import UNPROVED, FindDocument, Unproved, noted, stands, unproved
from qa.records import Citation, Document
from qa.text.lines import collapse

Answers = Sequence[Mapping[str, Any]]
Writer = Callable[[Answers, FindDocument], str]

NOT_ANSWERED = "The documents do not answer this."
PROOF = "Every sentence is quoted verbatim; `qa verify` proves it."
PROOF_OF_THE_REST = "Every other sentence is quoted verbatim; `qa verify` proves it."


@dataclass(frozen=True, slots=True)
class Format:
    """A form to export: its name for people, the ending of its files, their media type, and its writer."""

    label: str
    suffix: str
    media_type: str
    write: Writer


@dataclass(frozen=True, slots=True)
class Source:
    """A cited document: its citations, in order, and the Document if the library still has it."""

    citations: tuple[Citation, ...]
    document: Document | None

    @property
    def title(self) -> str:
        return collapse(self.citations[0].title or self.citations[0].source)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The known descriptive fields, by their names in a Document."""
        names = "authors journal year doi pmid pmcid url".split() if self.document else []
        known = {name: getattr(self.document, name) for name in names}
        return {name: value for name, value in known.items() if value}

    @property
    def quotes(self) -> list[str]:
        """Every quote with its place on one line, which says so if the quote is not proved."""
        return [
            f"“{collapse(c.quote)}” ({collapse(pinpoint(c))}{self._doubt(c)}{collapse(cautioned(c))})"
            for c in self.citations
        ]

    def _doubt(self, citation: Citation) -> str:
        proved = stands(citation.quote, citation.start, citation.end, citation.sha256, self.document)
        return "" if proved else f"; {UNPROVED}"


def sources(answers: Answers, find: FindDocument) -> list[Source]:
    """The documents that the answers cite, in the order of their first citation."""
    cited: dict[str, list[Citation]] = {}
    for citation in (read_citation(form) for answer in answers for form in answer["citations"]):
        same = cited.setdefault(citation.doc_id, [])
        if all((citation.start, citation.end) != (other.start, other.end) for other in same):
            same.append(citation)
    return [Source(tuple(citations), find(doc_id)) for doc_id, citations in cited.items()]


# ---------------------------------------------------------------- Markdown

_MARKUP = re.compile(r"[\\`*_\[\]<>&~|$#!{}]")
_LIST_MARK = re.compile(r"^(\d{1,9})([.)])|^([-+=])")


def markdown(answers: Answers, find: FindDocument) -> str:
    """Each question as a heading, its quotes with their marks, and the references below."""
    return "\n".join(_markdown(answer, find) for answer in answers)


def _markdown(answer: Mapping[str, Any], find: FindDocument) -> str:
    lines = [f"## {_literal(answer['question'])}", ""]
    if answer["abstained"]:
        return "\n".join([*lines, NOT_ANSWERED, ""])
    citations = [read_citation(form) for form in answer["citations"]]
    doubtful = unproved(answer, find)
    for place, sentence in enumerate(answer["sentences"]):
        doubt = f" ({UNPROVED})" if place in doubtful.sentences else ""
        before = [f"{c.quote} {marks([c.number])} " for c in citations if c.number in sentence.get("context", ())]
        lines += [f"> {_literal(''.join([*before, sentence['text'], ' ', marks(sentence['citations']), doubt]))}", ""]
    for citation in citations:
        source = Source((citation,), find(citation.doc_id))
        doubt = f" ({UNPROVED})" if citation.number in doubtful.citations else ""
        pinned = _literal(f"{pinpoint(citation)}{doubt}{cautioned(citation).removesuffix('.')}.")
        lines.append(f"{_literal(marks([citation.number]))} {_reference(source)} {pinned}  ")
    return "\n".join([*lines, "", PROOF_OF_THE_REST if doubtful.citations else PROOF, ""])


def _reference(source: Source) -> str:
    known = source.fields
    parts = [_literal(", ".join(known.get("authors", ()))), f"*{_literal(source.title)}*"]
    parts += [_literal(" ".join(str(known[name]) for name in ("journal", "year") if name in known))]
    parts += [_literal(f"doi:{known['doi']}") if "doi" in known else ""]
    return " ".join(f"{part}." for part in parts if part)


def _literal(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    escaped = _MARKUP.sub(r"\\\g<0>", collapse(text))
    return _LIST_MARK.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", escaped)


# ---------------------------------------------------------------- reference managers

_TEX = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$"}
_BIBTEX_FIELDS = {"journal": "journal", "year": "year", "doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "url": "url"}
_RIS_FIELDS = {"authors": "authors", "journal": "journal_name", "year": "year", "doi": "doi"}
_CSL_FIELDS = {"journal": "container-title", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "url": "URL"}


def bibtex(answers: Answers, find: FindDocument) -> str:
    """BibTeX entries; the quotes stand in ``annote``, which styles do not print."""
    from pybtex.database import BibliographyData, Entry

    entries = {}
    for source in sources(answers, find):
        known = source.fields
        fields = {"title": f"{{{_tex(source.title)}}}"}  # in braces, so that IL-2 stays IL-2
        if "authors" in known:
            fields["author"] = " and ".join(f"{{{_tex(a)}}}" if _is_compound(a) else _tex(a) for a in known["authors"])
        fields |= {field: _tex(str(known[name])) for name, field in _BIBTEX_FIELDS.items() if name in known}
        fields["annote"] = _tex("; ".join(source.quotes))
        entries[_key(source)] = Entry("article" if "journal" in known else "misc", fields=fields)
    return str(BibliographyData(entries).to_string("bibtex"))


def _tex(text: str) -> str:
    """The text with those characters escaped that pybtex leaves as TeX; unbalanced braces would be an error."""
    return re.sub(r"[\\{}$]", lambda found: _TEX[found[0]], collapse(text))


def _is_compound(name: str) -> bool:
    """Whether BibTeX would split the name, at "and" or at a comma."""
    return "," in name or " and " in f" {name.lower()} "


def _key(source: Source) -> str:
    first = re.sub("[^A-Za-z]", "", str(source.fields.get("authors", ("",))[0]).split(" ")[-1])
    return f"{first}{source.fields.get('year', '')}-{source.citations[0].doc_id[:8]}".lstrip("-")


def ris(answers: Answers, find: FindDocument) -> str:
    """RIS records; each quote stands in an ``N1`` note."""
    from rispy import RisWriter

    class Unnumbered(RisWriter):  # type: ignore[misc]  # rispy has no types
        def set_header(self, count: int) -> str:
            return ""

    records = []
    for source in sources(answers, find):
        known = source.fields
        record: dict[str, Any] = {"type_of_reference": "JOUR" if "journal" in known else "GEN", "title": source.title}
        record |= {tag: _on_lines(known[name]) for name, tag in _RIS_FIELDS.items() if name in known}
        record |= {"urls": [collapse(known["url"])]} if "url" in known else {}
        records.append(record | {"notes": source.quotes})
    return str(Unnumbered().formats(records))


def _on_lines(value: Any) -> Any:
    """A value, or each of several, on a line of its own."""
    return [collapse(item) for item in value] if isinstance(value, tuple) else collapse(str(value))


def csl_json(answers: Answers, find: FindDocument) -> str:
    """CSL-JSON items; the quotes stand in ``note``, each on its own line."""
    items = []
    for source in sources(answers, find):
        known = source.fields
        kind = "article-journal" if "journal" in known else "document"
        item: dict[str, Any] = {"id": _key(source), "type": kind, "title": source.title}
        if "authors" in known:
            item["author"] = [{"literal": name} for name in known["authors"]]
        if "year" in known:
            item["issued"] = {"date-parts": [[known["year"]]]}
        item |= {field: known[name] for name, field in _CSL_FIELDS.items() if name in known}
        items.append(item | {"note": "\n".join(source.quotes)})
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def answer_json(answers: Answers, find: FindDocument) -> str:
    """The answers as ``qa verify`` takes them: one as ``qa ask --json`` prints it, several with one per line."""
    forms = [_with_doubts(answer, unproved(answer, find)) for answer in answers]
    if len(forms) == 1:
        return json.dumps(forms[0], ensure_ascii=False, indent=2) + "\n"
    return "".join(json.dumps(form, ensure_ascii=False) + "\n" for form in forms)


def _with_doubts(answer: Mapping[str, Any], doubtful: Unproved) -> Mapping[str, Any]:
    """The answer, with a note on which of its quotes are not proved, if any."""
    return {**answer, "note": noted(sorted(doubtful.citations))} if doubtful.citations else answer


FORMATS: Mapping[str, Format] = {
    "markdown": Format("Markdown", "md", "text/markdown", markdown),
    "bibtex": Format("BibTeX", "bib", "application/x-bibtex", bibtex),
    "ris": Format("RIS", "ris", "application/x-research-info-systems", ris),
    "csl": Format("CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json", csl_json),
    "json": Format("JSON", "json", "application/json", answer_json),
}
"""The forms to export, by name."""


def export(answers: Answers, form: str, find: FindDocument) -> str:
    """The answers in the form of this name. AnswerFileError if one is not in the form of an answer."""
    try:
        return FORMATS[form].write(answers, find)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AnswerFileError(f"this is not an answer in the documented form ({error!r}).") from error
