"""Print what each part of understanding a question adds, as a table, from a saved evaluation.

qa eval QUESTIONS --library DIR --configurations eval/ablation.toml --json > RESULTS.json
python eval/retrieval/ablation.py RESULTS.json
"""

import json
import sys
from pathlib import Path

MEASURES = ("Success@1", "Success@5", "RR@10", "nDCG@10", "Sentence@1", "Sentence@3")


def main() -> None:
    (path,) = sys.argv[1:]
    systems = json.loads(Path(path).read_text("utf-8"))["systems"]
    print(f"| parts | {' | '.join(MEASURES)} | AUROC | median, ms |")
    print("|---" * (len(MEASURES) + 3) + "|")
    for system in systems:
        figures = [f"{system['summary'][measure]['value']:.3f}" for measure in MEASURES]
        told = f"{system['auroc']:.3f}" if system["auroc"] else "–"
        print(f"| {system['name']} | {' | '.join(figures)} | {told} | {1000 * system['seconds']['p50']:.0f} |")


if __name__ == "__main__":
    main()
