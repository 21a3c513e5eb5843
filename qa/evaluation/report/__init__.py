"""Reports of an evaluation, for people (HTML, Markdown) and programs (JSON), and the comparison of two."""

from qa.evaluation.report.saved import from_dict, load, to_dict

__all__ = ["from_dict", "load", "to_dict"]
