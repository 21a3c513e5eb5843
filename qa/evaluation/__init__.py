"""Question sets to measures to reports: how well a library answers, and why not."""

from pathlib import Path

REPORT = Path(".report", "report.html")
"""Where in a library's folder the report of its last evaluation is kept, for the page to show: hidden, so that adding a
folder with a library in it does not read the report as a document."""
