"""Options that several commands have."""

from __future__ import annotations

import typer

JSON = typer.Option(False, "--json", help="Print JSON.")
OUT = typer.Option(None, "--out", metavar="FILE", help="Write here; .png, .pdf, .svg: a figure.", show_default=False)
RULE = typer.Argument(
    help="A rule of 'bouton rules', or a file: .py (it is run as the Python program that it is) or .toml (data).",
    show_default=False,
)
SET = typer.Option([], "--set", metavar="KEY=VALUE", help="A parameter or an option of the rule; may be repeated.")
CHOSEN = typer.Option(None, "--parameters", metavar="NAME", help="A named set of parameters.", show_default=False)
CONVENTION = typer.Option(
    None, "--convention", metavar="SIMULATOR", help="As rules of that kind are in nest, brian2, annarchy, …", show_default=False
)
