"""Rules that look at the postsynaptic neuron in each step: what a million synapses take if that is added up with the target.

``python benchmarks/every_step.py [NAME …]`` runs 1000 Poisson trains (10 Hz) onto 1000 neurons, each with each, and prints CPU
seconds for a biological second: as it is, and where each synapse is visited in each step (``defer=False``). The rule's own way of
doing the latter is given where it has one.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import bouton as bt
from bouton.errors import SlowPathWarning
from bouton.units import Hz, Quantity, ms, mV

SIZE, STRETCHES = 1000, 3
CELL = """
dv/dt = (1.087 - v)/(20*ms) : 1
received : 1
"""
"""Fires at 19 Hz, whatever it receives."""
EPROP = "psi = 0.3*maximum(0, 1 - abs(v - 1)) : 1\nL = 0.01*sin(t/(50*ms)) : 1"
VOLTAGE = """
dv/dt = (-48.5*mV - v)/(20*ms) : mV
du_minus/dt = (v - u_minus)/(10*ms) : mV
du_plus/dt = (v - u_plus)/(7*ms) : mV
received : 1
"""


@dataclass(frozen=True)
class Case:
    """A rule with its arguments, the step, what its neurons have, and how it is done in each step (None: by ``defer=False``)."""

    rule: str
    given: Mapping[str, Any]
    dt: Quantity = 0.1 * ms
    more: str = ""
    plain: Mapping[str, Any] | None = None
    neuron: Mapping[str, Any] = field(default_factory=dict)


CASES = {
    "e-prop": Case("EProp", {}, 1 * ms, EPROP),
    "e-prop, adaptive": Case("EProp", {"neuron": "alif"}, 1 * ms, EPROP),
    "e-prop, readout": Case("EProp", {"neuron": "readout"}, 1 * ms, EPROP),
    "dopamine": Case("IzhikevichDopamine", {"advance": "events"}, plain={"advance": "exact"}),
    "dopamine, linked": Case("IzhikevichDopamine", {"advance": "events", "dopamine": "linked"}, plain={"dopamine": "linked"}),
    "voltage-based": Case(
        "Clopath",
        {"advance": "events"},
        plain={"advance": "steps"},
        neuron={"equations": VOLTAGE, "threshold": "v > -50*mV", "reset": "v = -70*mV"},
    ),
    "dendritic prediction": Case("UrbanczikSenn", {}, more="e : 1"),
}


def build(case: Case, given: Mapping[str, Any], *, defer: bool) -> bt.Simulation:
    """The network, with the rule and these arguments."""
    firing = {"equations": CELL + case.more, "threshold": "v > 1", "reset": "v = 0"} | dict(case.neuron)
    every = (bt.dt, "e = -0.02*v") if case.rule == "UrbanczikSenn" else None
    network = bt.Network()
    trains = network.add(bt.Poisson(SIZE, 10 * Hz))
    start = bt.Uniform(-70 * mV, -50 * mV) if case.neuron else bt.Uniform(0, 1)
    cells = network.add(bt.Population(SIZE, bt.NeuronModel(**firing, every=every, name="cell"), v=start))
    rule = getattr(bt.rules, case.rule)(**given)
    others: dict[str, Any] = {}
    if rule.on_event:
        others["events"] = {"dopamine": network.add(bt.Poisson(1, 5 * Hz))}
    elif any("linked" in equation.flags for equation in rule.equations):
        level = bt.NeuronModel("dd/dt = (0.1 - d)/(200*ms) : 1", name="level")
        others["link"] = {"d": network.add(bt.Population(1, level))}
    network.connect(trains, cells, rule, target="received", w=0.5, **others)
    return bt.Simulation(network, dt=case.dt, seed=1, defer=defer)


def measure(simulation: bt.Simulation, length: Quantity) -> float:
    """CPU seconds for a biological second, the least of a few stretches."""
    simulation.run(length)
    found = []
    for _ in range(STRETCHES):
        begin = time.process_time()
        simulation.run(length)
        found.append((time.process_time() - begin) / length.to("s").magnitude)
    return min(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; all by default")
    given = parser.parse_args()
    if unknown := set(given.names) - set(CASES):
        parser.error(f"{', '.join(sorted(unknown))}: not among {', '.join(CASES)}")
    warnings.simplefilter("ignore", SlowPathWarning)
    print(f"{'rule':24}{'dt':>8}{'added up':>10}{'each step':>11}{'ratio':>7}   CPU seconds per biological second")
    for name in given.names or CASES:
        case = CASES[name]
        added_up = measure(build(case, case.given, defer=True), 500 * ms)
        plain = build(case, case.given if case.plain is None else case.plain, defer=False)
        each = measure(plain, (500 if case.dt == 1 * ms else 50) * ms)
        print(f"{name:24}{case.dt:>8~}{added_up:10.3f}{each:11.3f}{each / added_up:7.1f}", flush=True)


if __name__ == "__main__":
    main()
