"""Reports of an evaluation, for people (HTML, Markdown) and programs (JSON), and the comparison of two."""

from qa.evaluation.report.changes import Changes, QuestionChange, compare
from qa.evaluation.report.news import news
from qa.evaluation.report.rendering import comparison_html, comparison_markdown, report_html, report_markdown
from qa.evaluation.report.saved import from_dict, load, to_dict
from qa.evaluation.report.writing import write, write_comparison

__all__ = [
    "Changes",
    "QuestionChange",
    "compare",
    "comparison_html",
    "comparison_markdown",
    "from_dict",
    "load",
    "news",
    "report_html",
    "report_markdown",
    "to_dict",
    "write",
    "write_comparison",
]
