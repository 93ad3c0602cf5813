"""Where the commands write: results to stdout, all else to stderr."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from bouton.errors import BoutonError

PLAIN_WIDTH = 140
"""Columns of tables that go to a file or a pipe."""


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if terminal or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def show(thing: RenderableType) -> None:
    """A table or text on stdout."""
    _console(stderr=False).print(thing)


def show_json(data: Any) -> None:
    """Data as JSON on stdout; what is not a finite number becomes null."""
    print(json.dumps(_finite(data), indent=2, ensure_ascii=False))


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not abs(data) < float("inf") else data


def show_python(source: str) -> None:
    """Python on stdout, coloured on a terminal and byte for byte elsewhere."""
    if sys.stdout.isatty():
        from rich.syntax import Syntax

        show(Syntax(source, "python", background_color="default", word_wrap=True))
    else:
        print(source)


def refuse(error: BoutonError) -> None:
    """A refusal, with its code in red."""
    from rich.text import Text

    text = Text(error.render())
    text.stylize("bold red", 0, len(error.code.value))
    _console(stderr=True).print(text, soft_wrap=True)


def warn(message: str) -> None:
    """A word on stderr."""
    print(f"bouton: {message}", file=sys.stderr)
