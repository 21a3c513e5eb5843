"""Training passages of trials for the reader: Evidence Inference, and abstracts with our own questions."""

import csv
import random
import tarfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lxml import etree

from eval.training.questions import written
from eval.training.reader_passages import Passage, on_texts, sentences_of, windowed
from qa.text.sentences import split_sentences
from qa.text.terms import terms

ARCHIVES = "pmc_rct_ccby_1000.tar.gz", "pmc_reviews_ccby.tar.gz"
NEAREST = 2
"""The most spans of a text around which passages are cut."""

Spans = set[tuple[int, int]]


def trials(data: Path, _: random.Random) -> Iterator[Passage]:
    """Evidence Inference: the sentences on one outcome of a trial, among those on its other outcomes."""
    for number, (form, spans, text) in enumerate(_of_trials(data)):
        yield from _around(text, sorted(spans), _of_trial(form, number), form["PMCID"])


def outcomes(data: Path, _: random.Random) -> Iterator[Passage]:
    """Sentences on one outcome of a trial, asked about another, or with outcome and treatment exchanged."""
    by_trial: dict[str, list[tuple[Mapping[str, str], Spans, str]]] = defaultdict(list)
    for one in _of_trials(data):
        by_trial[one[0]["PMCID"]].append(one)
    for number, asked in enumerate(by_trial.values()):
        for form, spans, text in asked:
            there = list(_around(text, sorted(spans), "", form["PMCID"]))
            apart = [other for other, elsewhere, _ in asked if spans.isdisjoint(elsewhere)]
            others = [other for other in apart if there and not _says(there[0], other["Outcome"])]
            questions = [_of_trial(other, number + place) for place, other in enumerate(others)]
            turned = {**form, "Intervention": form["Outcome"], "Outcome": form["Intervention"]}
            for question in [*dict.fromkeys(questions[-2:]), _of_trial(turned, len(_FORMS) - 1)][: 3 * len(there)]:
                yield replace(there[0], question=question, answers=[])


def _says(one: Passage, outcome: str) -> bool:
    """Whether the passage has most of the outcome's words, and so may report it too."""
    wanted = set(terms(outcome))
    return len(wanted.intersection(terms(" ".join(one.sentences)))) > len(wanted) / 2


def _of_trials(data: Path) -> Iterator[tuple[Mapping[str, str], Spans, str]]:
    """Each question about a trial, the spans that answer it, and the text."""
    folder = data / "reader" / "evidence_inference_v2"
    with (folder / "prompts_merged.csv").open(encoding="utf-8", newline="") as lines:
        prompts = {row["PromptID"]: row for row in csv.DictReader(lines)}
    quotes: dict[str, Spans] = defaultdict(set)
    with (folder / "v2_annotations.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["Valid Label"] == "True" and int(float(row["Evidence Start"] or -1)) >= 0:
                span = int(float(row["Evidence Start"])), int(float(row["Evidence End"]))
                quotes[row["PromptID"]].add(span)
    for prompt, spans in sorted(quotes.items()):
        form = prompts[prompt]
        path = folder / "txt" / f"PMC{form['PMCID']}.txt"
        if path.exists():
            yield form, spans, path.read_text("utf-8")


_FORMS: Sequence[str] = (
    "What is the effect of {I} compared with {C} on {O}?",
    "Does {I} change {O} more than {C}?",
    "{O}: {I} versus {C}",
    "How does {I} affect {O}?",
)


def _of_trial(form: Mapping[str, str], number: int) -> str:
    told = {"I": form["Intervention"].strip(), "C": form["Comparator"].strip(), "O": form["Outcome"].strip()}
    return _FORMS[number % len(_FORMS)].format(**told)


def _around(text: str, spans: Sequence[tuple[int, int]], question: str, group: str) -> Iterator[Passage]:
    """The passages around the first spans that answer."""
    for start, _ in spans[:NEAREST]:
        first = max(0, start - 600)
        cut = text[first : start + 1000]
        parts = split_sentences(cut)[1:-1]
        right = [i for i, (a, b) in enumerate(parts) if any(x - first < b and a < y - first for x, y in spans)]
        yield from windowed(Passage(question, [" ".join(cut[a:b].split()) for a, b in parts], right, group))


# ---------------------------------------------------------------- written for this


def own_trials(data: Path, _: random.Random) -> Iterator[Passage]:
    asked = written("trials")
    yield from on_texts(asked, trial_abstracts(data, {one.about for one in asked}))


def trial_abstracts(data: Path, names: Collection[str]) -> dict[str, tuple[str, list[str]]]:
    """The title and the abstract's sentences of each of these trials, by file name."""
    return {name: _abstract(jats) for name, jats in open_articles(data, names)}


def open_articles(data: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """The articles of these file names, in the order of their archives."""
    for archive in ARCHIVES:
        with tarfile.open(data / "pmc_rct_ccby_jats" / archive) as articles:
            for one in articles:
                name = Path(one.name).name
                if name in names and (file := articles.extractfile(one)):
                    yield name, file.read()


def _abstract(jats: bytes) -> tuple[str, list[str]]:
    root = etree.fromstring(jats, etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False))
    found = root.find(".//article-meta/abstract")
    paragraphs = [" ".join("".join(one.itertext()).split()) for one in found.iter("p")]
    title = "".join(root.find(".//article-meta//article-title").itertext())
    return " ".join(title.split()), [one for paragraph in paragraphs for one in sentences_of(paragraph)]
