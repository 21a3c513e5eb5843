"""The report of the library's last evaluation, as kept by 'qa eval': a page that loads and runs nothing."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from qa.stores import kept_report
from qa.stores.kept_report import REPORT

if TYPE_CHECKING:
    from qa.library import Library

PATH = "/report"


def router(library: "Library") -> APIRouter:
    """The route of the report. Without a report, 404 says how to make one."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(PATH)
    def report() -> HTMLResponse:
        if fault := kept_report.fault(library.path):
            raise HTTPException(404, f"the report of the last evaluation is damaged ({fault}); run 'qa eval' again.")
        try:
            return HTMLResponse((library.path / REPORT).read_bytes())
        except FileNotFoundError as error:
            raise HTTPException(
                404, "there is no report of this library; run 'qa eval QUESTIONS.jsonl --library DIR' to make one."
            ) from error

    return routes
