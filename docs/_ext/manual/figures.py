"""The figures of the manual, drawn from the models themselves. One that was drawn before is drawn again when its files change.

Rules and neurons run in the interpreter, which needs no compiler and is quick for a synapse or two.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import bouton as bt
from bouton import experiments, protocols
from bouton.errors import BoutonError, NetworkError
from bouton.experiments import Experiment
from bouton.library import neurons, rules
from bouton.library.neuron import Neuron
from bouton.library.rule import Rule
from bouton.plots import style
from bouton.protocols.checks import sets_weight, transmits
from bouton.protocols.drive import RECEIVED
from bouton.protocols.protocol import Protocol
from bouton.units import ms, pA, parse_unit, registry
from bouton.validation.battery import CELLS, is_random
from manual.models import printed, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INTERPRETED: Mapping[str, Any] = {"options": {"backend": "reference"}}
LAGS = np.arange(-60.0, 61.0, 4.0) * ms
PRE = np.array([20, 60, 95, 130, 150, 170, 190, 210, 300, 340, 380, 430, 480, 520, 560]) * ms
POST = np.array([30, 75, 100, 160, 180, 200, 220, 260, 330, 370, 375, 420, 470, 540, 570]) * ms
THIRD = np.array([110, 240, 450]) * ms
LENGTH, STEP = 600 * ms, 0.2 * ms
LEVELS = 2.0 ** np.arange(7)
"""Currents that are tried, in multiples of `CURRENTS`, until a neuron fires."""
CURRENTS = {"pA": 20.0, "mV/ms": 0.5, "nS": 1.0}
DRIVEN = ("I_ext", "teach_E")
"""Parameters by which neurons are driven."""
FITTED = "visual_cortex_full_all_to_all"
PROTOCOLS: Mapping[str, tuple[str, tuple[str, ...], Mapping[str, Any]]] = {  # a rule, a set of its parameters, options
    "bursts": ("TripletSTDP", (FITTED,), {}),
    "frequency": ("TripletSTDP", (FITTED,), {}),
    "rates": ("TripletSTDP", (FITTED,), {"synapses": 100, "dt": 1 * ms}),
    "short_term": ("TsodyksMarkram", ("tsodyks1998_depressing",), INTERPRETED),
    "triplets": ("TripletSTDP", ("hippocampus_full_all_to_all",), {}),
}
"""What protocols are shown with; others, by what they ask for, with one of `SHOWN`. Long ones are compiled, all of one text."""
SHOWN: Mapping[str, tuple[str, tuple[str, ...], Mapping[str, Any]]] = {
    "weight": ("PairSTDP", (), INTERPRETED),
    "release": PROTOCOLS["short_term"],
}
DEPENDS = 0.1
"""The share of its largest change by which a window has to depend on the lag, to be one."""
STYLE: Any = {"svg.fonttype": "path", "svg.hashsalt": "bouton"}
ROWS = 5
"""Variables that a figure has room for."""
WEIGHTS = [0.1, 0.3, 0.5, 0.7, 0.9]
RAISED = 300 * pA
"""A current with which neurons lie below their threshold, but above rest."""
ENOUGH = 3
"""Spikes with which a neuron is seen to fire."""


@dataclass(frozen=True)
class Drawing:
    """A figure that is to be drawn: its name, what it is of, and how."""

    name: str
    of: Rule | Neuron | Protocol | Experiment

    def draw(self) -> tuple[Figure, str] | None:
        """The figure and what it shows; None if there is nothing to be seen."""
        match self.of:
            case Rule():
                return of_rule(self.of)
            case Neuron():
                return of_neuron(self.of)
            case Experiment():
                return of_experiment(self.of)
        return of_protocol(self.of)


def drawings() -> list[Drawing]:
    """All figures there are."""
    found = [Drawing(f"rule-{each.name}", each) for each in map(rules.find, rules.files())]
    found += [Drawing(f"neuron-{each.name}", each) for each in map(neurons.find, neurons.files())]
    found += [Drawing(f"protocol-{each.name}", each) for each in map(protocols.find, protocols.names())]
    quick = [each for each in map(experiments.find, experiments.names()) if "tour" in each.tags]
    return found + [Drawing(f"experiment-{each.name}", each) for each in quick]


# --- rules --------------------------------------------------------------------------------------------------


def of_rule(rule: Rule) -> tuple[Figure, str] | None:
    """The window of a rule; what it transmits, if it has no weight; or its variables in time."""
    model = rule(**rule.trial)
    return _release(rule, model) or _window(model) or _together(rule, model) or _trace(rule, model)


def _release(rule: Rule, model: bt.SynapseModel) -> tuple[Figure, str] | None:
    """What a train transmits, for a rule without a weight."""
    if any(equation.name == "w" for equation in model.equations):
        return None
    trials = 100 if is_random(model) else 1
    rate, train = 20, (20 + np.arange(12) * 50.0) * ms
    found = protocols.short_term(model, train, trials=trials, **INTERPRETED)
    words = f"mean of {trials} synapses, which draw at random" if trials > 1 else "one synapse"
    return protocols.short_term.draw(
        found
    ), f"What each spike of a train at {rate} Hz transmits, over what the first does ({words})."


def _window(model: bt.SynapseModel) -> tuple[Figure, str] | None:
    """The window of plasticity, for a rule that two spikes are enough for."""
    try:
        found = protocols.window(model, LAGS, **INTERPRETED)
    except NetworkError:  # it asks for more than spikes, or has nothing that changes
        return None
    change = found["change"].to_numpy()
    if np.ptp(change) <= DEPENDS * np.abs(change).max(initial=0):
        return None
    begins = " The weight begins at 0.5." if sets_weight(model) else ""
    return protocols.window.draw(found), f"One pair of spikes at each lag from the presynaptic to the postsynaptic one.{begins}"


def _together(rule: Rule, model: bt.SynapseModel) -> tuple[Figure, str] | None:
    """The weights of one neuron, which another rule changes too, for a rule that reads nothing but their sum."""
    if not rule.needs or any("=" in CELLS.get(name, "=") for name in rule.needs) or not sets_weight(model):
        return None
    lines = "\n".join([f"{RECEIVED} : 1", *(CELLS[name] for name in rule.needs)])
    network = bt.Network()
    inputs = network.add(bt.SpikeTimes.from_trains([PRE + shift for shift in np.arange(len(WEIGHTS)) * 4 * ms]))
    cell = network.add(bt.Population(1, bt.NeuronModel(lines, name="cell"), force_spikes=bt.SpikeTimes(1, POST)))
    both = bt.rules.PairSTDP(A_plus=0.05, A_minus=0.0525) & model
    synapses = network.connect(inputs, cell, both, target=RECEIVED, w=WEIGHTS)
    simulation = bt.Simulation(network, dt=STEP, backend="reference")
    recorded = simulation.record(synapses, "w", when="start")
    simulation.run(LENGTH)
    words = "which ``bt.rules.PairSTDP`` changes at spikes, and this rule besides"
    return _panels([], [("w", recorded)]), f"The weights of {len(WEIGHTS)} synapses of one neuron in time, {words}."


def _trace(rule: Rule, model: bt.SynapseModel) -> tuple[Figure, str] | None:
    """Variables of a synapse in time, with whatever else the rule reads."""
    if not set(rule.needs) <= set(CELLS) and rule.neuron is None:
        return None
    linked = {e.name: e.unit for e in model.equations if "linked" in e.flags}
    events = [str(block.event) for block in model.on_event]
    if rule.neuron is not None:
        model, cells, words = _with_neuron(rule)
    else:
        lines = "\n".join([f"{RECEIVED} : 1", *(CELLS[name] for name in rule.needs)])
        cells, words = {"neuron": bt.NeuronModel(lines, name="cell"), "target": RECEIVED if transmits(model) else None}, []
    kept = [e.name for e in model.equations if not e.flags & {"linked", "summed"} and e.kind != "expression"]
    kept = sorted(kept, key=lambda name: name != "w")[:ROWS]
    given = [name for name in rule.needs if "=" in CELLS.get(name, "=")][: max(0, ROWS - len(kept))]
    played = protocols.play(
        model,
        PRE,
        POST,
        duration=LENGTH,
        third=dict.fromkeys(events, THIRD),
        link={name: bt.NeuronModel(_rising(name, unit), name="modulator") for name, unit in linked.items()},
        record=kept,
        record_cells=given,
        dt=STEP,
        **({"w": registry.Quantity(0.5, parse_unit(_unit(model, "w")))} if sets_weight(model) else {}),
        **cells,
        **INTERPRETED,
    )
    if rule.neuron is None and (made := [name for name in rule.needs if "=" in CELLS[name]]):
        words.append(f"{', '.join(f'``{name}``' for name in made)} of the neuron {'are' if len(made) > 1 else 'is'} made up")
    words += [f"the event ``{name}`` has the spikes of the third row" for name in events]
    words += [f"``{name}`` is linked to a variable that rises to 0.6" for name in linked]
    shown = [(name, played.grid[name]) for name in kept] + [(f"{name}_post", played.cell_grid[name]) for name in given]
    return _panels([PRE, POST, *([THIRD] if events else [])], shown), (
        "A synapse in time. Above, the presynaptic and the postsynaptic spikes that it is driven by"
        f"{''.join(f'; {each}' for each in words)}."
    )


def _with_neuron(rule: Rule) -> tuple[bt.SynapseModel, dict[str, Any], list[str]]:
    """The rule in the unit of what it transmits to in the neuron that it names, with that neuron, made to fire."""
    neuron: Neuron = getattr(neurons, str(rule.neuron))
    target = rule.target or "v"
    model = rule(unit=_unit(neuron(), target), **rule.trial)
    cell = protocols.cell_for(model, neuron=rule.neuron)["neuron"]
    driven = {"I_ext": RAISED} if "I_ext" in cell.parameters else {}
    words = f"the neuron is ``bt.neurons.{rule.neuron}()``{f' with ``I_ext`` of {value(RAISED)}' if driven else ''}"
    return model, {"neuron": cell, "cell": neuron.at_rest(cell, **driven), "target": target}, [words]


def _unit(model: bt.SynapseModel | bt.NeuronModel, variable: str) -> str:
    return next(e.unit for e in model.equations if e.name == variable)


def _rising(name: str, unit: str) -> str:
    """A variable that rises from 0 to 0.6 of its unit."""
    return f"d{name}/dt = ({'0.6' if unit == '1' else f'0.6*{unit}'} - {name})/(100*ms) : {unit}"


# --- neurons ------------------------------------------------------------------------------------------------


def of_neuron(neuron: Neuron) -> tuple[Figure, str] | None:
    """The voltage with a current that is just too small, and with one that makes the neuron fire."""
    model = neuron()
    driven = next((name for name in DRIVEN if name in model.parameters), None)
    if driven is None:
        return None
    unit = f"{model.parameters[driven].units:~}".replace(" ", "")
    levels = registry.Quantity(CURRENTS[unit] * LEVELS, parse_unit(unit))
    voltage = next(e.name for e in model.equations if e.kind == "ode" and e.unit == "mV")
    network = bt.Network()
    cells = network.add(bt.Population(len(LEVELS), model, **neuron.at_rest(model, **{driven: levels})))
    simulation = bt.Simulation(network, dt=0.05 * ms, seed=1, backend="reference")
    trace, spikes = simulation.record(cells, voltage), simulation.record_spikes(cells)
    simulation.run(120 * ms)
    counts = spikes.counts()
    if counts.max() < ENOUGH:
        return None
    firing = int(np.argmax(counts >= ENOUGH))
    shown = [k for k in (firing - 1, firing) if k >= 0]
    labels = [f"{value(levels[k])}" for k in shown]
    return _voltages(trace, spikes, shown, labels, voltage), (
        f"``{voltage}`` from rest, with ``{driven}`` of {' or '.join(labels)} from the beginning; ticks above are spikes."
    )


# --- protocols ----------------------------------------------------------------------------------------------


def of_protocol(protocol: Protocol) -> tuple[Figure, str] | None:
    """A protocol with a rule."""
    name, chosen, options = PROTOCOLS.get(protocol.name, SHOWN[protocol.asks])
    rule: Rule = getattr(rules, name)
    found = protocol(rule(*chosen), **options)
    score = f" {protocol.score[:1].upper()}{protocol.score[1:]}: {found.attrs['score']:.3g}." if "score" in found.attrs else ""
    return protocol.draw(found), f"The protocol with ``bt.rules.{name}({', '.join(map(repr, chosen))})``.{score}"


# --- experiments --------------------------------------------------------------------------------------------


def of_experiment(experiment: Experiment) -> tuple[Figure, str] | None:
    """What an experiment draws."""
    return experiment.figure(experiment.run()), f"What ``bouton run {experiment.name} --out DIR`` draws."


# --- drawing ------------------------------------------------------------------------------------------------


@style.styled
def _panels(trains: list[Any], recorded: list[tuple[str, Any]]) -> Figure:
    """Spikes in rows, and below each other variables in time."""
    rows = [0.5, *[1] * len(recorded)] if trains else [1]
    made = style.figure("page", 0.3 + 0.85 * sum(rows) if trains else 2.2)
    *above, last = made.subplots(len(rows), 1, sharex=True, squeeze=False, height_ratios=rows)[:, 0]
    spikes, panels = (above[0], [*above[1:], last]) if trains else (last, [last])
    for row, (train, colour) in enumerate(zip(trains, style.CYCLE, strict=False)):
        spikes.vlines(train.to(ms).magnitude, -row - 0.4, -row + 0.4, color=style.COLOURS[colour], linewidth=0.8)
    if trains:
        spikes.set_yticks([-row for row in range(len(trains))], ["pre", "post", "third"][: len(trains)])
    for axes, (name, recording) in zip(panels, recorded, strict=True):
        values = recording.values
        unit = f"{values.units:~P}"
        axes.plot(recording.times.to(ms).magnitude, values.magnitude, color=style.COLOURS["black"], linewidth=0.8)
        axes.set_ylabel(f"{name}\n({unit})" if unit else name)
    panels[-1].set_xlabel("Time (ms)")
    made.align_ylabels()
    return made


@style.styled
def _voltages(trace: Any, spikes: Any, shown: list[int], labels: list[str], name: str) -> Figure:
    """Voltages of some neurons, with ticks where they fire."""
    made = style.figure("page", 2.2)
    axes = made.subplots()
    values = trace.values
    top = float(values.magnitude[:, shown].max())
    for row, (k, label, colour) in enumerate(zip(shown, labels, ("sky", "blue"), strict=False)):
        axes.plot(trace.times.to(ms).magnitude, values.magnitude[:, k], color=style.COLOURS[colour], linewidth=0.8, label=label)
        times = spikes.of(k).to(ms).magnitude
        axes.plot(times, np.full(len(times), top + 6 + 4 * row), "|", color=style.COLOURS[colour], markersize=5)
    axes.set(xlabel="Time (ms)", ylabel=f"{name} ({values.units:~P})")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made


# --- what was drawn before ----------------------------------------------------------------------------------


def draw_all(folder: Path, workers: int = 2) -> int:
    """Draw what is not there yet, or has changed since; the number of those. Figures of what there is no more go."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {each.name: each for each in drawings()}
    for path in folder.iterdir():
        if path.stem not in found:
            path.unlink()
    due = [name for name, each in found.items() if _kept(folder, name)[:1] != [key(each)]]
    if len(due) > workers:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(draw_named, due, [folder] * len(due)))
    else:
        for name in due:
            draw_named(name, folder)
    return len(due)


def draw_named(name: str, folder: Path) -> None:
    """Draw one figure, and write down what it shows and what it is made of."""
    from matplotlib import rc_context

    drawing = next(each for each in drawings() if each.name == name)
    shown, drawn = "", None
    with suppress(BoutonError):  # a model that asks for what is not thought of here has no figure; a test tells
        drawn = drawing.draw()
    if drawn is not None:
        made, shown = drawn
        with rc_context(STYLE):
            made.savefig(folder / f"{name}.svg", metadata={"Date": None})
    (folder / f"{name}.txt").write_text(f"{key(drawing)}\n{shown}", "utf-8")


def caption(folder: Path, name: str) -> str | None:
    """What a figure shows; None if there is none."""
    return "\n".join(_kept(folder, name)[1:]) or None


def key(drawing: Drawing) -> str:
    """A hash of the files that a figure is made of: those of the model and of the protocols, or that of the experiment."""
    of = drawing.of
    if isinstance(of, Experiment):
        return hashlib.sha256(Path(inspect.getfile(of.run_with)).read_bytes()).hexdigest()
    made: list[Any] = [of.stage if isinstance(of, Protocol) else of.build, protocols.play, style.figure]
    made += [of_rule, printed, is_random, rules.PairSTDP.build, *(each.stage for each in map(protocols.find, protocols.names()))]
    if isinstance(of, Rule) and of.neuron is not None:
        made.append(getattr(neurons, of.neuron).build)
    if isinstance(of, Protocol):
        made.append(getattr(rules, PROTOCOLS.get(of.name, SHOWN[of.asks])[0]).build)
    digest = hashlib.sha256()
    for path in sorted({inspect.getfile(each) for each in made}):
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()


def _kept(folder: Path, name: str) -> list[str]:
    """What was written down when a figure was drawn: its key, and what it shows."""
    path = folder / f"{name}.txt"
    return path.read_text("utf-8").splitlines() if path.exists() else []
