"""A small table of names, and how its results on questions are counted."""

import bz2
import csv
import gzip
import hashlib
import json
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from qa.records import Question


@pytest.fixture
def command() -> ModuleType:
    from eval.training import names

    return names


def _package(folder: Path, name: str, known: Mapping[str, object]) -> tuple[str, str]:
    """Write a package with this table; return its name and SHA-256."""
    with zipfile.ZipFile(folder / name, "w") as files:
        files.writestr("package/table.pkl.bz2", bz2.compress(pickle.dumps(known)))
    return name, hashlib.sha256((folder / name).read_bytes()).hexdigest()


@pytest.fixture
def packages(command: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    mesh = {"mesh_id": "D1"}
    drugs = {"bumetanide": mesh, "tranexamic acid": mesh, "amino acid": mesh, "water": mesh, "cortan": {}}
    variants = {name: [name] for name in drugs} | {"burinex": ["bumetanide"]}
    known = {"drug_variant_to_canonical": variants, "drug_canonical_to_data": drugs}
    monkeypatch.setattr(command, "DRUGS", _package(tmp_path, "drugs.whl", known))
    branches = {"brucellosis": ["C01.2"], "belching": ["C23.8"], "mania": ["F03.1"], "driving": ["F01.1"]}
    known = {
        "disease_variant_to_canonical": {name: [name] for name in branches} | {"brucelloses": ["brucellosis"]},
        "disease_canonical_to_data": {name: {"mesh_tree": tree} for name, tree in branches.items()},
    }
    monkeypatch.setattr(command, "DISEASES", _package(tmp_path, "diseases.whl", known))
    return tmp_path


def test_a_package_that_is_another_or_would_run_something_is_not_read(command: ModuleType, tmp_path: Path) -> None:
    name, sha256 = _package(tmp_path, "a.whl", {"drug": {}})
    assert command._dictionary(tmp_path / name, sha256) == {"drug": {}}
    with pytest.raises(ValueError, match="is not the package"):
        command._dictionary(tmp_path / name, "0" * 64)
    name, sha256 = _package(tmp_path, "b.whl", {"drug": Path})
    with pytest.raises(pickle.UnpicklingError, match="not plain data"):
        command._dictionary(tmp_path / name, sha256)


def test_the_table_has_rare_names(command: ModuleType, packages: Path, tmp_path: Path) -> None:
    (tmp_path / "medquad").mkdir()
    topics = [{"focus": "Leprosy", "synonyms": ["Hansen (disease)", "Cough"]}, {"focus": "Lung Cancer", "synonyms": []}]
    with gzip.open(tmp_path / "medquad" / "pairs.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(topic) + "\n" for topic in topics)
    golden = tmp_path / "reader" / "bioasq_golden_7b_11b"
    golden.mkdir(parents=True)
    asked = [
        {"type": "factoid", "exact_answer": [["nusinersen", "PD-L1"]]},
        {"type": "yesno", "exact_answer": "yesno"},
    ]
    (golden / "7B1_golden.json").write_text(json.dumps({"questions": asked}))
    compared = tmp_path / "reader" / "evidence_inference_v2"
    compared.mkdir()
    with (compared / "prompts_merged.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerows(
            [["Intervention", "Comparator"], ["Miswak", "nothing"], ["miswak", "nothing"], ["Mefloquine", ""]]
        )
    found = command.table(tmp_path, packages)
    assert {"leprosy", "nusinersen", "miswak", "hansen", "aspirin"} <= set(found)
    assert {"cough", "mefloquine", "nothing", "yesno"}.isdisjoint(found)  # too common, only once, empty, not a name
    assert {"bumetanide", "tranexamic acid", "brucellosis", "brucelloses", "mania"} <= set(found)
    assert {"burinex", "cortan", "water", "amino acid", "belching", "driving"}.isdisjoint(found)
    assert found == sorted(found)


def test_what_is_said_and_refused_is_counted(command: ModuleType, tmp_path: Path) -> None:
    text = "Interleukin-2 is toxic. PD-1 is blocked in melanoma."
    asked = [
        Question("a", "Is IL-2 toxic?"),
        Question("b", "Is aspirin toxic?", "absent-thing", False),
        Question("c", "Is nivolumab toxic?", "absent-thing", False),
    ]
    counts = command.said({"a.txt": text}, {"few": asked})
    assert counts["few", "factoid, answerable"] == {"asked": 1, "said": 0, "refused": 0}
    assert counts["few", "absent-thing, not"] == {"asked": 2, "said": 2, "refused": 1}
