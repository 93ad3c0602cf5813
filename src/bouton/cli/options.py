"""Options that several commands have, and what their exit codes mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from bouton.cli import completion

CODES = "Exit codes: 0 all is well, 1 a check failed, 2 wrong usage or refused input, 130 interrupted."
CHECKED = "Exit codes: 0 all checks passed, 1 one failed, 2 refused or not written, 130 interrupted: what is done is printed."
DONE = "Exit codes: 0 done, 2 wrong usage or refused input, 130 interrupted."
"""Those of commands that hold nothing to anything."""
WARMED = "Exit codes: 0 done, 2 wrong usage or refused input, 130 interrupted: what is compiled is kept."


def out(metavar: str, written: str) -> Any:
    """``--out``: where results go instead of the screen."""
    return typer.Option(
        None, "--out", metavar=metavar, help=f"Write {written}.", show_default=False, autocompletion=completion.files
    )


def settings(of: str, completed: Callable[..., Any]) -> Any:
    """``--set KEY=VALUE``, as often as there is something to be set."""
    help = f"{of}, as in --set 'tau=20*ms'; may be repeated."
    return typer.Option([], "--set", metavar="KEY=VALUE", help=help, autocompletion=completed)


JSON = typer.Option(False, "--json", help="Print JSON.")
OUT = out("FILE", "here; .png, .pdf, .svg: a figure")
EXPERIMENT = typer.Argument(help="An experiment of 'bouton list'.", show_default=False, autocompletion=completion.experiments)
SUBJECT = typer.Argument(
    help="An experiment of 'bouton list', or a rule of 'bouton rules' or of a file.",
    show_default=False,
    autocompletion=completion.subjects,
)
_RULE = "A rule of 'bouton rules', or a file: .py (it is run as the Python program that it is) or .toml (data)."
RULE = typer.Argument(help=_RULE, show_default=False, autocompletion=completion.rules)
ANY_RULE = typer.Argument(None, help=_RULE, show_default=False, autocompletion=completion.rules)
SET = settings("A parameter or an option of the rule", completion.rule_settings)
CHOSEN = typer.Option(
    None,
    "--parameters",
    metavar="NAME",
    help="A named set of parameters.",
    show_default=False,
    autocompletion=completion.parameter_sets,
)
CONVENTION = typer.Option(
    None,
    "--convention",
    metavar="SIMULATOR",
    help="As rules of that kind are in nest, brian2, annarchy, …",
    show_default=False,
    autocompletion=completion.conventions,
)
