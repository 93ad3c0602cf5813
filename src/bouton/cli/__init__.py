"""The command line: thin readers of what the rooms below offer, one command a file.

Exit codes: 0 all is well, 1 a check failed, 2 wrong usage or input that was refused, 130 interrupted.
"""

from __future__ import annotations

import warnings
from typing import Any

import typer
from typer.core import TyperGroup

from bouton.cli import console, doctor, explain, explore, list, profile, protocol, rules, run, show, validate, warmup
from bouton.errors import BoutonError

__all__ = ["app", "main"]


class _Refusing(TyperGroup):
    """Commands whose refusals are messages, not tracebacks."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BoutonError as error:
            console.refuse(error)
            raise typer.Exit(2) from None
        except KeyboardInterrupt as interrupt:
            console.warn(", ".join(["interrupted", *map(str, interrupt.args)]))
            raise typer.Exit(130) from None


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"bouton {doctor.version('bouton') or '(not installed)'}")
        raise typer.Exit


app = typer.Typer(
    cls=_Refusing,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all is well, 1 a check failed, 2 wrong usage or refused input, 130 interrupted.",
)


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),
) -> None:
    """Simulate synaptic plasticity: equations with units in, exact and fast simulation out."""


app.command("list")(list.list_experiments)
app.command("run")(run.run)
app.command("show")(show.show)
app.command("explain")(explain.explain)
app.command("profile")(profile.profile)
app.command("warmup")(warmup.warmup)
app.command("rules")(rules.rules)
app.command("neurons")(rules.neurons)
app.add_typer(protocol.app, name="protocol")
app.command("validate")(validate.validate)
app.command("explore")(explore.explore)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """The command ``bouton``."""

    def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
        console.warn(str(message))

    warnings.showwarning = show_warning
    app()
