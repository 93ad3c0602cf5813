"""The explorer as a program of its own, and a browser to look at it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def needed(*modules: str) -> None:
    """Skip a test where something that it rests on is not installed."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (pip install 'bouton[explore]'; playwright for tests with a browser)")


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """``bouton explore`` with arguments; gives the address that it prints. It is ended with the session."""
    needed("panel", "bokeh")
    begun: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        program = [sys.executable, "-c", "from bouton.cli import main; main()", "explore", *arguments, "--no-browser"]
        process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        begun.append(process)
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), address
        return address

    yield start
    for process in begun:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def address(serve: Callable[..., str]) -> str:
    """Where the explorer is, without a query."""
    return serve("PairSTDP").partition("?")[0]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser without a window."""
    needed("playwright")
    if BROWSER is None:
        pytest.skip("there is no chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of its own, of which requests and errors are noted in ``page.asked`` and ``page.faults``."""
    context = browser.new_context(viewport={"width": 1300, "height": 1500})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.asked, page.faults = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(30_000)
    yield page
    context.close()


@pytest.fixture
def axe() -> str:
    """The source of axe-core (Mozilla Public License 2.0), which looks for barriers."""
    return (Path(__file__).parent / "axe.min.js").read_text("utf-8")
