"""Imports question sets of other forms: gives a set in Pincite's form, and the texts as files that ``qa add`` reads.

SQuAD-form   An article becomes a document. The gold quote is the sentence that holds the answer, since an answer such
             as "308" stands in many places.
BEIR         A document of ``corpus.jsonl`` becomes a document. The gold quote is its whole text, so that any passage
             of a relevant document is right.
BioASQ-form  The texts are not part of the form. The snippets of a document become a document, and each snippet is a
             gold quote.
"""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from qa.errors import EvaluationError
from qa.records import Question
from qa.text.lines import collapse
from qa.text.sentences import split_sentences

QUESTIONS = "questions.jsonl"
TEXTS = "texts"
SIDECAR = "sources.toml"


@dataclass(frozen=True, slots=True)
class Text:
    """A document to be written: its file name, its title, and its paragraphs."""

    file: str
    title: str
    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Imported:
    """A question set, and the texts that its gold quotes are from."""

    questions: Sequence[Question]
    texts: Sequence[Text]


def squad(path: Path) -> Imported:
    """Import a JSON file in the form of SQuAD; Rajpurkar et al., EMNLP 2016, and its second version of 2018."""
    questions, texts = [], []
    for number, article in enumerate(_json(path)["data"], 1):
        title = str(article.get("title") or f"article {number}")
        file = file_name(title if article.get("title") else f"article-{number}")
        # Each white space becomes one space, so that line breaks do not end sentences and offsets stay valid.
        contexts = [re.sub(r"\s", " ", str(paragraph["context"])) for paragraph in article["paragraphs"]]
        texts.append(Text(file, title, [collapse(context) for context in contexts]))
        for paragraph, context in zip(article["paragraphs"], contexts, strict=True):
            questions += [_squad_question(asked, context, file) for asked in paragraph["qas"]]
    return Imported(questions, texts)


def _squad_question(asked: Mapping[str, Any], context: str, file: str) -> Question:
    places = {(int(one["answer_start"]), str(one["text"])) for one in asked.get("answers", ())}
    quotes = dict.fromkeys(_around(context, start, start + len(text)) for start, text in sorted(places))
    answerable = bool(quotes) and not asked.get("is_impossible", False)
    answers = tuple((file, quote) for quote in quotes) if answerable else ()
    kind = "factoid" if answerable else "unanswerable"
    return Question(str(asked["id"]), collapse(asked["question"]), kind, answerable, answers)


def _around(context: str, start: int, end: int) -> str:
    """The sentences that the span touches, on one line."""
    touched = [(a, b) for a, b in split_sentences(context) if a < end and start < b]
    return collapse(context[touched[0][0] : touched[-1][1]] if touched else context[start:end])


def beir(path: Path) -> Imported:
    """Import a folder with ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/*.tsv``; Thakur et al., NeurIPS 2021."""
    bodies = {str(one["_id"]): one for one in _json_lines(path / "corpus.jsonl")}
    texts = {name: _beir_text(name, one) for name, one in bodies.items()}
    relevant: dict[str, list[str]] = {}
    for file in sorted((path / "qrels").glob("*.tsv")):
        for query, document, score in _tsv(file):
            if float(score) > 0 and document in texts:
                relevant.setdefault(query, []).append(document)
    asked = {str(one["_id"]): str(one["text"]) for one in _json_lines(path / "queries.jsonl")}
    questions = [
        Question(query, collapse(asked[query]), answers=tuple(_whole(texts[name]) for name in dict.fromkeys(names)))
        for query, names in relevant.items()
        if query in asked
    ]
    return Imported(questions, list(texts.values()))


def _beir_text(name: str, body: Mapping[str, Any]) -> Text:
    title = collapse(str(body.get("title") or ""))
    return Text(file_name(name), title, [collapse(str(body.get("text") or "")) or title])


def _whole(text: Text) -> tuple[str, str]:
    return text.file, " ".join(text.paragraphs)


def bioasq(path: Path) -> Imported:
    """Import a JSON file in the form of BioASQ task b; Tsatsaronis et al., BMC Bioinformatics 16, 2015."""
    questions = []
    snippets: dict[str, dict[str, None]] = {}
    for asked in _json(path)["questions"]:
        answers = []
        for snippet in asked.get("snippets", ()):
            name, words = PurePath(str(snippet["document"])).name, collapse(str(snippet["text"]))
            snippets.setdefault(name, {})[words] = None
            answers.append((file_name(name), words))
        kind = str(asked.get("type", "factoid"))
        if answers:  # without a snippet nothing can be judged
            distinct = tuple(dict.fromkeys(answers))
            questions.append(Question(str(asked["id"]), collapse(asked["body"]), kind, answers=distinct))
    return Imported(questions, [Text(file_name(name), name, list(words)) for name, words in snippets.items()])


FORMS: Mapping[str, Callable[[Path], Imported]] = {"squad": squad, "beir": beir, "bioasq": bioasq}


def read(form: str, path: Path) -> Imported:
    """The set at ``path``. EvaluationError if it is not in that form or holds no question that can be judged."""
    try:
        imported = FORMS[form](path)
    except OSError as error:
        raise EvaluationError(f"{error.filename or path} cannot be read ({error.strerror}); check the path.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{path} is not of the form {form} ({error!r}); docs/evaluation.md has it.") from error
    if not imported.questions:
        raise EvaluationError(f"{path} has no question with gold in its documents; check that it is whole.")
    return imported


def write(imported: Imported, folder: Path) -> Path:
    """Write ``questions.jsonl``, and the texts with their titles into ``texts/``. Returns the path of the questions."""
    texts = folder / TEXTS
    texts.mkdir(parents=True, exist_ok=True)
    for text in imported.texts:
        (texts / text.file).write_text("\n\n".join(text.paragraphs) + "\n", "utf-8")
    # For text without control characters, a JSON string is a TOML string too.
    entries = (
        f"[[source]]\nfile = {json.dumps(text.file)}\ntitle = {json.dumps(collapse(text.title), ensure_ascii=False)}\n"
        for text in imported.texts
        if text.title
    )
    (texts / SIDECAR).write_text("\n".join(entries), "utf-8")
    path = folder / QUESTIONS
    path.write_text("".join(f"{json.dumps(_form(one), ensure_ascii=False)}\n" for one in imported.questions), "utf-8")
    return path


def _form(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": question.question,
        "kind": question.kind,
        "answerable": question.answerable,
        "answers": [{"doc": source, "quote": quote} for source, quote in question.answers],
    }


def file_name(name: str) -> str:
    """A file name for a document, with a hash added if the name itself cannot be used.

    >>> file_name("PMC12"), file_name("Super Bowl 50")
    ('PMC12.txt', 'Super_Bowl_50-c364f219.txt')
    """
    plain = re.sub(r"[^\w-]+", "_", name, flags=re.ASCII)[:80]
    if plain == name and re.search(r"\d", name):  # so that no file is called like a note, such as "readme"
        return f"{plain}.txt"
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.txt"


def _json(path: Path) -> Mapping[str, Any]:
    return dict(json.loads(path.read_text("utf-8-sig")))


def _json_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig") as lines:
        yield from (dict(json.loads(line)) for line in lines if line.strip())


def _tsv(path: Path) -> Iterator[list[str]]:
    """The rows below the heading ``query-id corpus-id score``."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows, None)
        yield from (row for row in rows if row)
