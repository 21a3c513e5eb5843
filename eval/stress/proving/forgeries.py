"""Forge answers in every way we know, and count how many forgeries are refused or called unsigned.

    python -m eval.stress.proving.forgeries [--forgeries 500] [--articles 12] [--data FOLDER] [--asked 60] [--words]
        [--seed 0]

A library of the built-in corpus and of articles in FOLDER (JATS, ``../shared/data`` by default) is asked the questions
of ``eval/questions/reviews.jsonl`` and one for each article. Each forgery is an answer with one thing changed, as a
forger would leave it: in turn with the old signature, which no longer fits, with none, or signed by another library's
key. Offsets, hashes and places are fitted to the forged words where possible. A forgery is caught if ``verify`` refuses
it and names what is wrong. If all its quotes stand, it is caught if it is called unsigned or another library's. Exit
status 1 if a forgery passes, or a true answer does not. With ``--words`` the library is embedded by counting words,
which takes seconds.
"""

import argparse
import json
import random
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import qa
from eval.places import ROOT
from eval.stress.proving.forging import KINDS, Case, Form
from eval.stress.proving.texts import DATA, files
from qa.errors import QAError
from qa.faces import replies
from qa.proof.signing import ensure_keys, sign
from qa.query.questions import read_questions
from qa.records import Document

QUESTIONS = ROOT / "eval" / "questions" / "reviews.jsonl"


SIGNATURES = ("left", "stripped", "foreign")


def caught(library: qa.Library, form: Form) -> str | None:
    """How a forgery was caught: refused, unsigned or another's; None if it passed. Each needs its message."""
    try:
        proof = replies.proof([library.verify(form)])
    except QAError as error:
        return "refused" if str(error) else None
    if proof["problems"]:
        return "refused"
    told = any("not signed by this library" in said for said in proof["unproved"])
    return ("unsigned" if proof["signed"] is None else "another's") if proof["signed"] is not True and told else None


def forged(case: Case, kind: str, signature: str, foreign: Path) -> bool:
    if KINDS[kind](case) is False:
        return False
    if signature == "stripped":
        case.form["signature"] = None
    elif signature == "foreign":
        case.form["signature"] = sign(foreign, case.form)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forgeries", type=int, default=500)
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--asked", type=int, default=60, help="curated questions that are asked")
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = qa.open(Path(folder, "library"), encoder=_word_encoder() if given.words else None)
        foreign = Path(folder, "foreign")
        foreign.mkdir()
        ensure_keys(foreign)
        with made as library:
            library.add([*files(given.data, given.articles, given.seed), _leaning(Path(folder))])
            answers = asked(library, given.asked)
            print(f"{len(answers)} answers over {len(library.documents())} documents")
            untrue = [a for a in answers if not (v := replies.proof([library.verify(a)]))["stands"] or not v["signed"]]
            print(f"{len(answers) - len(untrue)} of {len(answers)} true answers stand and are given by the library\n")
            passed = _print_forged(library, [a for a in answers if not a["abstained"]], foreign, given)
    return int(bool(untrue or passed))


def _word_encoder() -> Any:
    from tests.support.models import WordEncoder

    return WordEncoder()


def _leaning(folder: Path) -> Path:
    """A text with sentences that lean on others, and with references, to be forged."""
    path = folder / "leaning.md"
    path.write_text(
        "# On toxicity\n\n## Results\n\n"
        "Aldesleukin treats renal carcinoma in some patients. However, its severe toxicity limits widespread use.\n\n"
        "Ipilimumab was given to them all. It was not effective in uveal melanoma of the elderly.\n\n"
        "## References\n\n1. Smith J. Severe toxicity limits the widespread use of them all. J Toxicol 2001.\n"
        "2. Jones A. Ipilimumab is effective in uveal melanoma. J Immunol 2002.\n"
    )
    return path


def asked(library: qa.Library, count: int) -> list[Form]:
    questions = [one.question for one in read_questions(QUESTIONS)][:count]
    questions += [f"What is known of {document.title}?" for document in library.documents() if document.title]
    questions += ["What severe toxicity limits widespread use?", "Was it effective in uveal melanoma?"]
    return [json.loads(json.dumps(library.ask(one, threshold=0.2).to_dict())) for one in questions]


def _print_forged(library: qa.Library, answers: list[Form], foreign: Path, given: argparse.Namespace) -> int:
    documents: dict[str, Document] = {document.doc_id: document for document in library.documents()}
    chance, passed, total = random.Random(given.seed), 0, 0
    print(f"{'forged':22} {'made':>5} {'refused':>8} {'unsigned':>9} {'another’s':>10} {'passed':>7}")
    for place, kind in enumerate(KINDS):
        count = given.forgeries * (place + 1) // len(KINDS) - given.forgeries * place // len(KINDS)
        told: list[str | None] = []
        for _ in range(200 * count):
            case = Case(deepcopy(chance.choice(answers)), documents, answers, chance)
            if forged(case, kind, SIGNATURES[len(told) % len(SIGNATURES)], foreign):
                told.append(caught(library, case.form))
                if told[-1] is None:
                    print(f"  passed: {kind}, {case.form['question']!r}: {case.form['sentences'][:1]}")
            if len(told) == count:
                break
        row = [len(told), *(told.count(how) for how in ("refused", "unsigned", "another's", None))]
        print(f"{kind:22} {row[0]:5} {row[1]:8} {row[2]:9} {row[3]:10} {row[4]:7}")
        total, passed = total + len(told), passed + told.count(None)
    print(f"{'all':22} {total:5} {'':8} {'':9} {'':10} {passed:7}")
    return passed


if __name__ == "__main__":
    raise SystemExit(main())
