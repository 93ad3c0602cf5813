"""``bouton protocol``: a rule driven by spikes, from files or as in the laboratory."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from bouton.cli import columns, console
from bouton.cli.chosen_rule import find_rule, make_model
from bouton.cli.options import CHOSEN, CONVENTION, OUT, RULE, SET
from bouton.errors import Code, NetworkError

if TYPE_CHECKING:
    from bouton.protocols.protocol import Protocol


class _Protocols(TyperGroup):
    """``play``, and a command for each protocol there is."""

    def list_commands(self, ctx: Any) -> list[str]:
        from bouton import protocols

        return [*super().list_commands(ctx), *protocols.names()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        from bouton import protocols

        if cmd_name in protocols.names():
            return _command(protocols.find(cmd_name))
        return super().get_command(ctx, cmd_name)


app = typer.Typer(cls=_Protocols, no_args_is_help=True, help="Drive a rule of 'bouton rules' with spikes.")
PRE = typer.Option(..., "--pre", metavar="FILE", help="Presynaptic spikes: a time in ms a line, # begins a comment.")
POST = typer.Option(..., "--post", metavar="FILE", help="Postsynaptic spikes.")
WEIGHT = typer.Option(0.5, "--w", help="The weight at the beginning.")
STEP = typer.Option(0.1, "--dt", help="The time step in ms.")
EVENT = typer.Option([], "--event", metavar="NAME=FILE", help="Third events of that name, such as rewards; may be repeated.")
DELAY = typer.Option(0.0, "--delay", help="What the simulator of --convention calls the delay, in ms; else the axonal delay.")


@app.command("play")
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
) -> None:
    """Print, or write as CSV, the weight and all variables of a synapse after each of its events."""
    from bouton import protocols
    from bouton.cli.settings import split_settings
    from bouton.library.conventions import delays
    from bouton.protocols.drive import start
    from bouton.units import ms

    model = make_model(find_rule(rule), given, chosen, convention)
    variables = [
        e.name for e in model.equations if e.kind != "expression" and "summed" not in e.flags and "linked" not in e.flags
    ]
    trains = [_read_train(path) * ms for path in (pre, post)]
    third = {name: _read_train(Path(path)) * ms for name, path in split_settings(events, "--event", "reward=times.txt").items()}
    connect = (delays(convention, delay * ms) if convention else {"axonal_delay": delay * ms}) if delay else {}
    played = protocols.play(model, *trains, dt=dt * ms, events=variables, third=third, connect=connect, **start(model, w))
    times = played.events[variables[0]].times.to(ms).magnitude
    columns.show({"time_ms": times} | {name: played.events[name].values.magnitude for name in variables}, out)


def _command(protocol: Protocol) -> Any:
    """The command of a protocol, with its own options besides those that all have."""

    def run(**given: Any) -> None:
        model = make_model(find_rule(given["rule"]), given["settings"], given["chosen"], given["convention"])
        found = protocol(model, **{name: _read(given[name], value, name) for name, value in protocol.options.items()})
        columns.show(protocol.columns(found), given["out"], lambda: protocol.draw(found))
        if "score" in found.attrs:
            console.warn(f"{protocol.score}: {found.attrs['score']:.3g}")

    common = {"rule": (str, RULE), "settings": (list[str], SET), "chosen": (str | None, CHOSEN)}
    common |= {"convention": (str | None, CONVENTION), "out": (Path | None, OUT)}
    own = {name: _option(name, value) for name, value in protocol.options.items()}
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = {**common, **own}
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what Typer reads
        [inspect.Parameter(name, keyword, default=default, annotation=kind) for name, (kind, default) in parameters.items()]
    )
    run.__annotations__ = {name: kind for name, (kind, _) in parameters.items()}
    made = typer.Typer(add_completion=False)
    papers = "; ".join(protocol.papers)
    made.command(protocol.name, help=f"{protocol.title[:1].upper()}{protocol.title[1:]}: {papers}.")(run)
    return typer.main.get_command(made)


def _option(name: str, value: Any) -> tuple[Any, Any]:
    """The type and the default of what a command line may set; quantities are texts."""
    flag = f"--{name.replace('_', '-')}"
    if not hasattr(value, "units"):
        return type(value), typer.Option(value, flag)
    numbers = getattr(value.magnitude, "tolist", lambda: value.magnitude)()
    shown = f"{_shown(numbers)} {value.units:~}"
    return str | None, typer.Option(None, flag, metavar="QUANTITY", help=f"By default {shown}.", show_default=False)


def _shown(numbers: float | list[float]) -> str:
    """A number, or several as they are written on a command line, or as many as show what they are."""
    if not isinstance(numbers, list):
        return f"{numbers:g}"
    texts = [f"{number:g}" for number in numbers]
    return f"[{', '.join(texts if len(texts) <= 12 else [*texts[:2], '…', texts[-1]])}]"


def _read(given: Any, default: Any, name: str) -> Any:
    """What a protocol is given for an option; one value where several may be is one."""
    from bouton.cli.settings import read_value

    if given is None or not hasattr(default, "units"):
        return default if given is None else given
    several = isinstance(getattr(default.magnitude, "tolist", float)(), list)
    return read_value(given, default[0] if several and "[" not in given else default, f"--{name.replace('_', '-')}")


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
