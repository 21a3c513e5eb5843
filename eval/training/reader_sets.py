"""The training sets of the reader: questions with passages, and which sentences of each answer.

The sets are those of ``reader`` (each has a README with its source and licence), and the questions of
``eval/questions/training`` on paragraphs, abstracts, and passages of articles. Every passage has a group, its article
or its question. When some are held out, a group is on one side only. The sets named after SQuAD, QNLI and XQuAD share
their articles: those held out are dropped from all of them.
"""

import csv
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.training.questions import written
from eval.training.reader_articles import own_articles
from eval.training.reader_passages import Passage, holding, on_texts, sentences_of, windowed
from eval.training.reader_trials import outcomes, own_trials, trials
from qa.text.sentences import split_sentences
from qa.text.terms import terms

A_SET = 2_500
"""Most passages of a set, so that none dominates."""
MOST: Mapping[str, int] = {
    "squad2": 6_000,
    "qnli": 4_000,
    "sentence_question": 1_200,
    "policies": 800,
    "negations": 1_200,
    "articles": 24_000,
}
"""The same for sets that are nearer to what Pincite is asked, or further from it, than others."""
BESIDE = 3
"""Snippets of other questions put beside one that answers, in sets that have only snippets."""


# ---------------------------------------------------------------- sets on paragraphs of Wikipedia


def squad2(data: Path, _: random.Random) -> Iterator[Passage]:
    yield from _squad(data / "reader" / "squad2_devhalf" / "dev-v2.0.json")


def adversarial(data: Path, _: random.Random) -> Iterator[Passage]:
    yield from _squad(data / "reader" / "adversarial_squad" / "sample1k-HCVerifyAll.json")


def _squad(path: Path) -> Iterator[Passage]:
    for number, article in enumerate(json.loads(path.read_text("utf-8"))["data"]):
        title = article.get("title", f"article {number}")
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            spans = split_sentences(context)
            texts = [context[start:end] for start, end in spans]
            for asked in paragraph["qas"]:
                starts = [] if asked.get("is_impossible") else [one["answer_start"] for one in asked["answers"]]
                right = [i for i, (start, end) in enumerate(spans) if any(start <= at < end for at in starts)]
                yield from windowed(Passage(asked["question"], texts, right, title, title.replace("_", " ")))


def xquad(data: Path, _: random.Random) -> Iterator[Passage]:
    articles = json.loads((data / "xquad" / "xquad.en.json").read_text("utf-8"))["data"]
    texts = [sentences_of(paragraph["context"]) for article in articles for paragraph in article["paragraphs"]]
    yield from on_texts(written("xquad"), {str(number): ("", text) for number, text in enumerate(texts)})


def qed(data: Path, _: random.Random) -> Iterator[Passage]:
    for line in (data / "reader" / "qed" / "qed-dev.jsonlines").read_text("utf-8").splitlines():
        form = json.loads(line)
        text, starts = form["paragraph_text"], form["sentence_starts"]
        texts = [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
        note = form["annotation"]
        if note["explanation_type"] == "multi_sentence":
            continue
        chosen = note.get("selected_sentence")
        right = [starts.index(chosen["start"])] if chosen and chosen["start"] in starts else []
        yield from windowed(Passage(form["question_text"], texts, right, form["title_text"], form["title_text"]))


def qnli(data: Path, _: random.Random) -> Iterator[Passage]:
    with (data / "reader" / "qnli" / "dev.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Passage(row["question"], [row["sentence"]], [0] if row["label"] == "entailment" else [], row["index"])


def selqa(data: Path, _: random.Random) -> Iterator[Passage]:
    yield from selection(data / "reader" / "selqa" / "selqa-ass-dev.json")


def selection(path: Path) -> Iterator[Passage]:
    """The sections of SelQA, with every sentence a candidate; its test file is for measuring."""
    for form in json.loads(path.read_text("utf-8")):
        head = f"{form['article']} › {form['section']}"
        one = Passage(form["question"], form["candidates"], form["answers"], form["article"], head)
        yield from windowed(one, every=True)


def sentence_question(data: Path, _: random.Random) -> Iterator[Passage]:
    folder = data / "reader" / "squad1_sentence_question"  # its test file is of SQuAD's training part
    lines = [(folder / f"{name}-test.txt").read_text("utf-8").splitlines() for name in ("src", "tgt")]
    texts = list(dict.fromkeys(lines[0]))
    place = {text: position for position, text in enumerate(texts)}
    for number, (text, question) in enumerate(zip(*lines, strict=True)):
        first = max(0, place[text] - 1 - number % 3)
        around = texts[first : place[text] + 3]
        yield from windowed(Passage(question, around, [around.index(text)], f"line {place[text] // 40}"))


# ---------------------------------------------------------------- sets on biomedical texts


def bioasq(data: Path, chance: random.Random) -> Iterator[Passage]:
    """Snippets that answer, among snippets of similar questions from other documents."""
    paths = [*(data / "reader" / "bioasq_golden_7b_11b").glob("*.json")]
    paths += (data / "reader" / "bioasq_phaseB_4b_5b").glob("*.json")
    asked = [one for path in sorted(paths) for one in json.loads(path.read_text("utf-8"))["questions"]]
    asked = list({one["id"]: one for one in asked if one.get("snippets")}.values())
    by_term: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(asked):
        for term in set(terms(one["body"])):
            by_term[term].append(number)
    for number, one in enumerate(asked):
        others = [n for term in terms(one["body"]) if len(by_term[term]) < 40 for n in by_term[term] if n != number]
        own = {snippet["document"] for snippet in one["snippets"]}
        wrong = [s["text"] for n in dict.fromkeys(others) for s in asked[n]["snippets"][:2] if s["document"] not in own]
        for snippet in one["snippets"][:3]:
            yield from windowed(_mixed(one["body"], [snippet["text"]], wrong, one["id"], chance))
        yield from windowed(_mixed(one["body"], [], wrong, one["id"], chance))


def _mixed(question: str, right: Sequence[str], wrong: Sequence[str], group: str, chance: random.Random) -> Passage:
    parts = [(text, True) for text in right] + [(text, False) for text in wrong[: 2 * BESIDE]]
    parts = parts[: len(right)] + chance.sample(parts[len(right) :], min(BESIDE, len(parts) - len(right)))
    chance.shuffle(parts)
    sentences = [(one, truth) for text, truth in parts for one in sentences_of(text)]
    answers = [i for i, (_, truth) in enumerate(sentences) if truth]
    return Passage(question, [one for one, _ in sentences], answers, group)


_ASKED = re.compile(r"Given this question: '(.*?)' extract.*?```(.*?)```", re.S)


def abstracts(data: Path, _: random.Random) -> Iterator[Passage]:
    """Whole abstracts of BioASQ and which sentences answer. Abstracts without any were drawn at random; left out."""
    for path in sorted((data / "reader" / "bioasq_snippet_extraction").glob("*Extraction*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            messages = {one["role"]: one["content"] for one in json.loads(line)["messages"]}
            if asked := _ASKED.search(messages["user"]):
                texts = sentences_of(asked[2])
                right = holding(texts, json.loads(messages["assistant"])["snippets"])
                if right:
                    yield from windowed(Passage(asked[1], texts, right, asked[1], texts[0]), every=True)


def claims(data: Path, _: random.Random) -> Iterator[Passage]:
    """News claims: sentences that support or refute a claim answer it; related but insufficient ones do not."""
    folder = data / "reader" / "check_covid_train"
    texts = {
        form["cord_id"]: form for form in map(json.loads, (folder / "corpus.json").read_text("utf-8").splitlines())
    }
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for line in (folder / "covidCheck_train_composed+extracted.json").read_text("utf-8").splitlines():
        form = json.loads(line)
        told = [] if form["label"] == "NOTENOUGHINFO" else [one["sent_index"] for one in form["evidence_set"]]
        found[form["claim"].strip(), form["cord_id"]].update(told)
    for (claim, cord_id), right in found.items():
        text = texts[cord_id]
        yield from windowed(Passage(claim, text["abstract"], right, cord_id, text["title"]))


# ---------------------------------------------------------------- other sets


def negations(data: Path, _: random.Random) -> Iterator[Passage]:
    """CondaQA: the sentence with the negation answers the question, or leaves it open."""
    for path in sorted((data / "reader" / "condaqa").glob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for form in map(json.loads, lines):
                texts = sentences_of(form["sentence1"])
                right = [] if form["label"] == "DON'T KNOW" else holding(texts, [form["original sentence"]])
                if right or form["label"] == "DON'T KNOW":
                    yield from windowed(Passage(form["sentence2"], texts, right, f"passage {form['PassageID']}"))


def policies(data: Path, chance: random.Random) -> Iterator[Passage]:
    """ConditionalQA: the parts of a gov.uk page that answer one question, among those that answer its others."""
    asked = json.loads((data / "reader" / "conditionalqa" / "train.json").read_text("utf-8"))
    by_page: dict[str, list[Any]] = defaultdict(list)
    for form in asked:
        by_page[form["url"]].append(form)
    for form in asked:
        own = [_plain(one) for one in form["evidences"]]
        others = [_plain(one) for other in by_page[form["url"]] for one in other["evidences"]]
        wrong = sorted(set(others) - set(own))
        parts = [*((one, True) for one in own), *((one, False) for one in chance.sample(wrong, min(6, len(wrong))))]
        chance.shuffle(parts)
        head = form["url"].rsplit("/", 1)[-1].replace("-", " ")
        right = [i for i, (_, truth) in enumerate(parts) if truth]
        yield from windowed(Passage(form["question"], [one for one, _ in parts], right, form["url"], head))


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


SETS: Mapping[str, Callable[[Path, random.Random], Iterator[Passage]]] = {
    "squad2": squad2,
    "adversarial": adversarial,
    "xquad": xquad,
    "qed": qed,
    "qnli": qnli,
    "selqa": selqa,
    "sentence_question": sentence_question,
    "bioasq": bioasq,
    "abstracts": abstracts,
    "claims": claims,
    "trials": trials,
    "outcomes": outcomes,
    "negations": negations,
    "policies": policies,
    "own_trials": own_trials,
    "articles": own_articles,
}


def passages(data: Path, names: Iterable[str] = (), seed: int = 1) -> dict[str, list[Passage]]:
    """The passages of the named sets, or of all; at most ``MOST`` or ``A_SET`` of each, drawn at random."""
    found = {}
    for name in names or SETS:
        chance = random.Random(f"{seed} {name}")
        drawn = [one for one in SETS[name](data, chance) if one.sentences]
        chance.shuffle(drawn)
        found[name] = drawn[: MOST.get(name, A_SET)]
    return found
