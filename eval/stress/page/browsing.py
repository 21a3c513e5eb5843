"""Shared by the measurements of the page: a browser, and the page opened and watched in it."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import sync_playwright

WAIT_MS = 120_000
"""A slow machine is no fault of the page."""


FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


def program() -> str:
    """The path of Chromium: PINCITE_CHROMIUM, or else the installed one."""
    names = (os.environ.get("PINCITE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    return found or sys.exit("this needs Chromium; install it, or name one with PINCITE_CHROMIUM.")


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, running while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, address: str, wrong: list[str], path: str = "", **options: Any) -> Iterator[Any]:
    """The chat page at an address.

    Adds to ``wrong`` all requests to other hosts, dialogs and console messages, also of other pages of its context.
    """

    def refused(dialog: Any) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    context = browser.new_context(**options)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    context.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else wrong.append(r.url))
    context.on("dialog", refused)
    context.on("console", lambda message: wrong.append(message.text))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    page.goto(address + path)
    page.locator("#question textarea:enabled").wait_for()
    yield page
    context.close()


def ask(page: Any, question: str) -> None:
    """Ask, and wait for the answer."""
    before = page.locator(".answer").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".answer").nth(before).wait_for()
