"""The table of names, in small, and how what is said of questions is counted."""

import csv
import gzip
import json
from pathlib import Path
from types import ModuleType

import pytest

from qa.records import Question


@pytest.fixture
def command() -> ModuleType:
    from eval.training import names

    return names


def test_the_table_has_rare_names_of_one_word(command: ModuleType, tmp_path: Path) -> None:
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
    found = command.table(tmp_path)
    assert {"leprosy", "nusinersen", "miswak", "hansen", "aspirin"} <= set(found)
    assert {"cough", "mefloquine", "nothing", "yesno"}.isdisjoint(found)  # common, once, none, no name
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
