"""The command line: thin readers of what the rooms below offer, one command a file.

Exit codes: 0 all is well, 1 a check failed, 2 wrong usage or input that was refused, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import warnings
from io import TextIOWrapper
from typing import Any

import typer
from typer.core import TyperGroup

from bouton.cli import completion, console, doctor, explain, explore, list, profile, protocol, rules, run, show, validate, warmup
from bouton.cli.options import CHECKED, CODES, DONE, WARMED
from bouton.errors import BoutonError, Code, SimulationError

__all__ = ["app", "main"]


class _Refusing(TyperGroup):
    """Commands whose refusals are messages, not tracebacks."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what is refused or interrupted becomes a message and an exit code."""
        try:
            return super().invoke(ctx)
        except BoutonError as error:
            console.refuse(error)
            raise typer.Exit(2) from None
        except BrokenPipeError:
            _hush()
            raise typer.Exit(CLOSED) from None
        except (MemoryError, OSError) as error:
            console.refuse(_refusal(error))
            raise typer.Exit(2) from None
        except KeyboardInterrupt as interrupt:
            console.warn(", ".join(["interrupted", *map(str, interrupt.args)]))
            raise typer.Exit(130) from None


CLOSED = 141
"""What shells call a program whose reader went away, as in ``bouton rules | head -1``."""


def _hush() -> None:
    """Write to nowhere from now on: nobody reads it."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refusal(error: MemoryError | OSError) -> SimulationError:
    """What the machine refuses, in the words of bouton."""
    if isinstance(error, MemoryError):
        return SimulationError(Code.NO_ROOM, f"the memory does not suffice {error}".rstrip(), hint="something smaller")
    where = None if error.filename is None else str(error.filename)
    return SimulationError(Code.BAD_VALUE, str(error.strerror or error), where=where, hint="another place, or rights to it")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"bouton {doctor.version('bouton') or '(not installed)'}")
        raise typer.Exit


app = typer.Typer(
    cls=_Refusing,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=CODES,
)


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),
) -> None:
    """Simulate synaptic plasticity: equations with units in, exact and fast simulation out."""


app.command("list", epilog=DONE)(list.list_experiments)
app.command("run", epilog=CHECKED)(run.run)
app.command("show", epilog=DONE)(show.show)
app.command("explain", epilog=DONE)(explain.explain)
app.command("profile", epilog=DONE)(profile.profile)
app.command("warmup", epilog=WARMED)(warmup.warmup)
app.command("rules", epilog=DONE)(rules.rules)
app.command("neurons", epilog=DONE)(rules.neurons)
app.add_typer(protocol.app, name="protocol")
app.command("validate", epilog=CHECKED)(validate.validate)
app.command("explore", epilog=DONE)(explore.explore)
app.command("doctor", epilog=DONE)(doctor.doctor)


def main() -> None:
    """The command ``bouton``."""

    def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
        console.warn(str(message))

    warnings.showwarning = show_warning
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old terminal has no τ
    try:
        try:
            with completion.whole_settings(os.environ):
                app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _hush()
        sys.exit(CLOSED)
