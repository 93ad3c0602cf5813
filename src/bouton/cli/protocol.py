"""``bouton protocol``: a rule driven by spikes, from files or as in the laboratory."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from bouton.cli import columns, completion, console, names, progress
from bouton.cli.chosen_rule import find_rule, make_model
from bouton.cli.options import CHOSEN, CONVENTION, DONE, JSON, OUT, RULE, SET
from bouton.errors import BoutonError, Code, NetworkError

if TYPE_CHECKING:
    from bouton.protocols.protocol import Protocol


class _Protocols(TyperGroup):
    """``play``, and a command for each protocol there is."""

    def list_commands(self, ctx: Any) -> list[str]:
        from bouton import protocols

        return [*super().list_commands(ctx), *protocols.names()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        from bouton import protocols

        if cmd_name not in protocols.names():
            return super().get_command(ctx, cmd_name)
        if ctx.resilient_parsing and (sketch := names.named("protocols", cmd_name)) is not None:
            return _sketched(sketch)
        return _command(protocols.find(cmd_name))


app = typer.Typer(cls=_Protocols, no_args_is_help=True, help="Drive a rule of 'bouton rules' with spikes.")
PRE = typer.Option(
    ...,
    "--pre",
    metavar="FILE",
    help="Presynaptic spikes: a time in ms a line, # begins a comment.",
    autocompletion=completion.files,
)
POST = typer.Option(..., "--post", metavar="FILE", help="Postsynaptic spikes.", autocompletion=completion.files)
WEIGHT = typer.Option(0.5, "--w", help="The weight at the beginning.")
STEP = typer.Option(0.1, "--dt", help="The time step in ms.")
EVENT = typer.Option([], "--event", metavar="NAME=FILE", help="Third events of that name, such as rewards; may be repeated.")
DELAY = typer.Option(0.0, "--delay", help="What the simulator of --convention calls the delay, in ms; else the axonal delay.")


MOST = 10**6
"""Synapses, repetitions and the like: more than anybody waits for."""


@app.command("play", epilog=DONE)
def play(
    rule: str = RULE,
    pre: Path = PRE,
    post: Path = POST,
    given: list[str] = SET,
    chosen: str | None = CHOSEN,
    convention: str | None = CONVENTION,
    events: list[str] = EVENT,
    delay: float = DELAY,
    w: float = WEIGHT,
    dt: float = STEP,
    out: Path | None = OUT,
    as_json: bool = JSON,
) -> None:
    """Print, or write as CSV, the weight and all variables of a synapse after each of its events."""
    from bouton import protocols
    from bouton.cli.settings import split_settings
    from bouton.library.conventions import delays
    from bouton.protocols.drive import start
    from bouton.units import ms

    columns.check(out, drawn=False)
    model = make_model(find_rule(rule), given, chosen, convention)
    variables = [
        e.name for e in model.equations if e.kind != "expression" and "summed" not in e.flags and "linked" not in e.flags
    ]
    if not variables:
        raise NetworkError(
            Code.EMPTY, f"{model.name!r} has no variables", where=rule, expected="a rule in which something changes"
        )
    trains = [_read_train(path) * ms for path in (pre, post)]
    third = {name: _read_train(Path(path)) * ms for name, path in split_settings(events, "--event", "reward=times.txt").items()}
    connect = (delays(convention, delay * ms) if convention else {"axonal_delay": delay * ms}) if delay else {}
    with progress.shown(what="play"), _refused("play", [f"--dt {dt:g}", f"--w {w:g}", f"--delay {delay:g}"]):
        played = protocols.play(model, *trains, dt=dt * ms, events=variables, third=third, connect=connect, **start(model, w))
        times = played.events[variables[0]].times.to(ms).magnitude
        found = {"time_ms": times} | {name: played.events[name].values.magnitude for name in variables}
    columns.show(found, out, about={"protocol": "play", "rule": model.name} if as_json else None)


def _command(protocol: Protocol) -> Any:
    """The command of a protocol, with its own options besides those that all have."""

    def run(**given: Any) -> None:
        """Drive the rule, and print or write what comes out; its text for ``--help`` is set below."""
        columns.check(given["out"], drawn=True)
        from bouton.protocols.cells import cell_for

        rule = find_rule(given["rule"])
        model = make_model(rule, given["settings"], given["chosen"], given["convention"])
        options = {name: _read(given[name], value, name) for name, value in protocol.options.items()}
        if not _is_given(given.get("dt"), protocol.options.get("dt")):
            options.pop("dt", None)  # the protocol's own, or what the rule needs
        said = [f"{_flag(name)} {given[name]}" for name in options if _is_given(given[name], protocol.options[name])]
        with progress.shown(what=protocol.name), _refused(protocol.name, [*given["settings"], *said]):
            found = protocol(model, **options, **cell_for(model, neuron=rule.neuron, target=rule.target))
        score = found.attrs.get("score")
        about = {"protocol": protocol.name, "rule": model.name, "score": score, "score_is": protocol.score or None}
        columns.show(
            protocol.columns(found), given["out"], lambda: protocol.draw(found), about=about if given["as_json"] else None
        )
        if score is not None:
            console.warn(f"{protocol.score}: {score:.3g}")

    papers = "; ".join(protocol.papers)
    help = f"{protocol.title[:1].upper()}{protocol.title[1:]}: {papers}."
    return _typed(protocol.name, help, run, {name: _option(name, value) for name, value in protocol.options.items()})


def _sketched(sketch: names.Sketch) -> Any:
    """The same for a shell that completes: its options, by the text of its file alone."""
    options = {name: (str | None, typer.Option(None, _flag(name))) for name in sketch.options}
    return _typed(sketch.name, f"{sketch.title[:1].upper()}{sketch.title[1:]}.", lambda **given: None, options)


def _typed(name: str, help: str, run: Any, own: dict[str, tuple[Any, Any]]) -> Any:
    """The command of a function, with the options that all have and its own."""
    common: dict[str, tuple[Any, Any]] = {"rule": (str, RULE), "settings": (list[str], SET), "chosen": (str | None, CHOSEN)}
    common |= {"convention": (str | None, CONVENTION), "out": (Path | None, OUT), "as_json": (bool, JSON)}
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = {**common, **own}
    run.__signature__ = inspect.Signature(  # what Typer reads
        [inspect.Parameter(each, keyword, default=default, annotation=kind) for each, (kind, default) in parameters.items()]
    )
    run.__annotations__ = {each: kind for each, (kind, _) in parameters.items()}
    made = typer.Typer(add_completion=False)
    made.command(name, help=help, epilog=DONE)(run)
    return typer.main.get_command(made)


@contextmanager
def _refused(name: str, said: list[str]) -> Iterator[None]:
    """Refuse numbers that nobody foresaw: what was given to a protocol, and cannot be calculated with."""
    try:
        yield
    except BoutonError:
        raise
    except (ValueError, ArithmeticError, MemoryError) as error:
        if not said:
            raise
        raise NetworkError(
            Code.NO_ROOM if isinstance(error, MemoryError) else Code.BAD_VALUE,
            f"it cannot be carried out with {', '.join(said)} ({str(error) or type(error).__name__})",
            where=f"bouton protocol {name}",
            hint=f"values nearer to the defaults, which 'bouton protocol {name} --help' tells",
        ) from error


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _option(name: str, value: Any) -> tuple[Any, Any]:
    """The type and the default of what a command line may set; quantities are texts."""
    flag = _flag(name)
    if value is None:
        return float | None, typer.Option(None, flag, help="By default what suits the rule.", show_default=False)
    if not hasattr(value, "units"):
        if not isinstance(value, int) or isinstance(value, bool):
            return type(value), typer.Option(value, flag)
        seed = name == "seed"
        return int, typer.Option(value, flag, min=0 if seed else 1, max=None if seed else MOST)
    numbers = getattr(value.magnitude, "tolist", lambda: value.magnitude)()
    shown = f"{_shown(numbers)} {value.units:~}"
    return str | None, typer.Option(None, flag, metavar="QUANTITY", help=f"By default {shown}.", show_default=False)


def _shown(numbers: float | list[float]) -> str:
    """A number, or several as they are written on a command line, or as many as show what they are."""
    if not isinstance(numbers, list):
        return f"{numbers:g}"
    texts = [f"{number:g}" for number in numbers]
    return f"[{', '.join(texts if len(texts) <= 12 else [*texts[:2], '…', texts[-1]])}]"


def _is_given(value: Any, default: Any) -> bool:
    return value is not None and (isinstance(value, str) or bool(value != default))


def _read(given: Any, default: Any, name: str) -> Any:
    """What a protocol is given for an option; one value where several may be is one."""
    from bouton.cli.settings import read_value

    if given is None or not hasattr(default, "units"):
        return default if given is None else given
    several = isinstance(getattr(default.magnitude, "tolist", float)(), list)
    return read_value(given, default[0] if several and "[" not in given else default, _flag(name))


def _read_train(path: Path) -> Any:
    """The times in a file, in ms."""
    import numpy as np

    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NetworkError(Code.BAD_SPIKE_TIMES, f"{path} cannot be read ({error})", where="bouton protocol play") from None
    times = []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        try:
            times += [float(text)] if text else []
        except ValueError:
            raise NetworkError(
                Code.BAD_SPIKE_TIMES, f"line {number} is {line!r:.60}", where=str(path), expected="one time in ms a line"
            ) from None
    return np.array(times)
