"""What other simulators did with given spikes, event for event, and what a rule of the library does with the same.

A file of ``reference`` is an ``.npz`` with arrays and ``about``, a JSON text:

``system``, ``version``, ``model``: who computed it with which of its models; ``provenance``: by which script of the project.
``rule``: the name of the library's rule; ``given``: its arguments, quantities as texts ("20 ms"), among them ``convention``.
``delay``: what the system calls the delay, a text; ``connect``: further delays of `Network.connect`.
``variable``, ``when``: what is compared: "transmitted" at each presynaptic spike, "after" each block of events (as for
`Simulation.record`), or at the "end". The variable "received" is that of the postsynaptic cell: with "transmitted", what each
presynaptic spike has added to it, whatever the rule calls it (a variable of the rule is what the block leaves of it).
``start``: initial values by name. ``dt``, ``duration``: texts. ``limit``: the largest deviation that passes, relative to the
largest value.
``options``: of `Simulation`. ``events``: arrays with times of third events in ms, by the events' names.
``neuron``: equations of the postsynaptic cell if the rule needs any; ``arrays``: its parameters that are arrays of this file, by
name with the unit, one value a step.

Arrays: ``pre_ms`` and ``post_ms``, the trains; ``value``, one for each event in the order of time, or one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

import bouton as bt
from bouton.equations.amount import read_amount
from bouton.library.conventions import delays
from bouton.library.rule import Rule
from bouton.protocols.drive import CELL, RECEIVED, Played, play
from bouton.units import ms, parse_unit, registry

FOLDER = Path(__file__).parent / "reference"


@final
@dataclass(frozen=True)
class Recorded:
    """One file of numbers of another simulator."""

    path: Path

    @cached_property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All arrays of the file, by name."""
        with np.load(self.path) as file:
            return {name: file[name] for name in file.files}

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What the file says of itself."""
        found: Mapping[str, Any] = json.loads(str(self.arrays["about"]))
        return found

    @property
    def name(self) -> str:
        """For tables: who, and with which model."""
        return f"{self.about['system']} {self.about['model']}"

    @property
    def limit(self) -> float:
        """The largest deviation that passes."""
        return float(self.about["limit"])

    def replay(self, rule: Rule, **options: Any) -> NDArray[np.float64]:
        """The same quantity, of a rule driven with the same spikes; ``options`` are those of `Simulation`."""
        about, pre, post = self.about, self.arrays["pre_ms"], self.arrays["post_ms"]
        model = rule(**{key: _read(value, key) for key, value in about["given"].items()})
        connect = {key: _read(value, key) for key, value in about.get("connect", {}).items()}
        if "delay" in about:
            connect |= delays(about["given"]["convention"], _read(about["delay"], "delay"))
        variable, when = about["variable"], about["when"]
        what: dict[str, Any] = {"events": (variable,), "moment": when}
        if variable == RECEIVED:
            what = {"record_cells": (RECEIVED,)}
        elif when == "end":
            what = {}
        played = play(
            model,
            pre * ms,
            post * ms,
            dt=_read(about["dt"], "dt"),
            duration=_read(about["duration"], "duration"),
            connect=connect,
            third={name: self.arrays[array] * ms for name, array in about.get("events", {}).items()},
            options={**about.get("options", {}), **options},
            **self._cell(),
            **{key: _read(value, key) for key, value in about.get("start", {}).items()},
            **what,
        )
        if variable == RECEIVED:
            return self._arrived(played, connect)
        found = played.final(variable) if when == "end" else played.events[variable].values
        return np.asarray(found.magnitude, dtype=np.float64)

    def _arrived(self, played: Played, connect: Mapping[str, Any]) -> NDArray[np.float64]:
        """What each presynaptic spike has added to the cell, all of its delay later."""
        dt = read_amount(self.about["dt"], "dt")
        late = sum((connect[key] for key in ("axonal_delay", "dendritic_delay") if key in connect), start=0 * ms)
        steps = np.rint(((self.arrays["pre_ms"] * ms + late) / dt).to("").magnitude).astype(np.int64)
        course = np.asarray(played.cell_grid[RECEIVED].values.magnitude, dtype=np.float64)[:, 0]
        found: NDArray[np.float64] = np.diff(course, prepend=0.0)[steps]
        return found

    def _cell(self) -> dict[str, Any]:
        """The postsynaptic cell with what was recorded of it."""
        if "neuron" not in self.about:
            return {"neuron": CELL}
        dt = read_amount(self.about["dt"], "dt")
        arrays = {
            name: bt.TimedArray(registry.Quantity(self.arrays[name], parse_unit(unit)), dt=dt)
            for name, unit in self.about.get("arrays", {}).items()
        }
        return {"neuron": bt.NeuronModel(self.about["neuron"], parameters=arrays, name="cell")}

    def deviation(self, rule: Rule, **options: Any) -> float:
        """The largest difference over the largest value; infinite if there are more or fewer events."""
        meant, found = self.arrays["value"], self.replay(rule, **options)
        if meant.shape != found.shape:
            return float("inf")
        return float(np.abs(found - meant).max() / np.abs(meant).max())


def recorded(rule: str | None = None) -> tuple[Recorded, ...]:
    """All files, or those of one rule, in the order of their names."""
    every = (Recorded(path) for path in sorted(FOLDER.glob("*.npz")))
    return tuple(each for each in every if rule is None or each.about["rule"] == rule)


def _read(value: Any, where: str) -> Any:
    """A text that begins with a number is a quantity; others are choices."""
    if isinstance(value, str) and value[:1] in "0123456789-+.":
        return read_amount(value, where)
    return value
