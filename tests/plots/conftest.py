"""A small run of the interpreter whose recordings the figures are drawn from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.units import ms, mV, nS, second

CELL = bt.NeuronModel(
    "dv/dt = (E_L - v)/tau : mV\ng : nS",
    threshold="v > -50*mV",
    reset="v = E_L",
    parameters={"E_L": -60 * mV, "tau": 10 * ms},
    name="cell",
)
STDP = bt.SynapseModel(
    "w : nS\ndx/dt = -x/tau : 1",
    on_pre="target += w; x += 1",
    on_post="w += 0.1*nS*x",
    parameters={"tau": 20 * ms},
    name="stdp",
)


@dataclass(frozen=True)
class Run:
    """A simulation of 20 ms, what is in it and what was recorded."""

    simulation: bt.Simulation
    network: bt.Network
    cells: bt.Population
    synapses: bt.Projection
    spikes: Any
    rate: Any
    v: Any
    w: Any
    events: Any


@pytest.fixture(scope="session")
def run() -> Run:
    network = bt.Network()
    source = network.add(bt.SpikeTimes(2, [1, 2, 5, 9] * ms, [0, 1, 0, 1]), name="source")
    forced = bt.SpikeTimes(3, [3, 3.5, 7, 7, 12] * ms, [0, 2, 0, 1, 2])
    cells = network.add(bt.Population(3, CELL, force_spikes=forced, v=[-58, -55, -52] * mV), name="cells")
    w = np.arange(1.0, 7.0) * nS
    synapses = network.connect(source, cells, STDP, target="g", w=w, name="plastic")
    simulation = bt.Simulation(network, dt=0.5 * ms, backend="reference")
    recorded = {
        "spikes": simulation.record_spikes(cells),
        "rate": simulation.record_rate(cells),
        "v": simulation.record(cells, "v"),
        "w": simulation.record(synapses, "w"),
        "events": simulation.record(synapses, "w", when="after"),
    }
    simulation.run(0.02 * second)
    return Run(simulation, network, cells, synapses, **recorded)


@pytest.fixture
def axes() -> Any:
    """Axes of somebody's own figure."""
    from matplotlib.figure import Figure

    return Figure().subplots()
