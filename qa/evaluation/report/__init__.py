"""Reports of an evaluation, for people (HTML, Markdown) and programs (JSON), and the comparison of two."""

from qa.evaluation.report.changes import Changes, QuestionChange, compare
from qa.evaluation.report.saved import from_dict, load, to_dict

__all__ = ["Changes", "QuestionChange", "compare", "from_dict", "load", "to_dict"]
