"""The figures of ``bt.plots`` on one page, `images/figures.png`: what a small network and a few protocols give.

python docs/figures.py [FILE.png]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

import bouton as bt
from bouton.units import Hz, ms, mV, nS, pA, second

plots, style = bt.plots, bt.plots.style
STATIC = bt.SynapseModel("w : nS", on_pre="target += w", name="static")


def build() -> dict[str, Any]:
    """A balanced network that learns, with plasticity of several kinds and a reward; what was recorded of four seconds."""
    cell = bt.neurons.LIF("brette2007_coba")
    stdp = bt.rules.PairSTDP(unit="nS", w_max=2 * nS, A_plus=0.05, A_minus=0.045)
    rewarded = bt.rules.IzhikevichDopamine(unit="nS", w_max=4 * nS)
    depressing = bt.rules.TsodyksMarkram(U=0.5) & bt.SynapseModel("w : nS", on_pre="transmit = w", name="fixed")
    network, some = bt.Network(), bt.Bernoulli(0.3)
    inputs = network.add(bt.Poisson(100, 12 * Hz), name="inputs")
    reward = network.add(bt.SpikeTimes(1, [500, 1500] * ms), name="reward")
    e, i = (
        network.add(bt.Population(size, cell, v=bt.Uniform(-60 * mV, -50 * mV)), name=name)
        for size, name in ((80, "E"), (20, "I"))
    )
    network.connect(inputs, e, rewarded, target="exc", pattern=some, w=3.5 * nS, events={"dopamine": reward}, name="rewarded")
    network.connect(inputs, i, STATIC, target="exc", pattern=some, w=2 * nS, name="feedforward")
    ee = network.connect(e, e, stdp, target="exc", pattern=some, w=1 * nS, name="stdp")
    network.connect(e, i, depressing, target="exc", pattern=some, w=6 * nS, name="depressing")
    network.connect(i, e, STATIC, target="inh", pattern=some, w=6 * nS, name="inhibition")
    simulation = bt.Simulation(network, dt=0.1 * ms, seed=3)
    found = {"simulation": simulation, "synapses": ee, "spikes": simulation.record_spikes(e), "v": simulation.record(e[:2], "v")}
    found["exc"] = simulation.record(e[:4], "exc")
    found["w"] = simulation.record(ee, "w", every=50 * ms)
    simulation.run(4 * second)
    return found


def adex() -> tuple[bt.NeuronModel, tuple[Any, ...]]:
    """An adapting neuron, and its potential and adaptation after a step of current."""
    model = bt.neurons.AdEx(I_ext=700 * pA, b=80 * pA)
    network = bt.Network()
    cell = network.add(bt.Population(1, model, v=-70.6 * mV))
    simulation = bt.Simulation(network, dt=0.1 * ms, backend="reference")
    recorded = simulation.record(cell, "v"), simulation.record(cell, "w"), simulation.record_spikes(cell)
    simulation.run(150 * ms)
    return model, recorded


@style.use()
def sheet() -> Any:
    """All figures in panels of a column's width."""
    one, (model, trajectory) = build(), adex()
    triplet = bt.rules.TripletSTDP("visual_cortex_full_all_to_all")
    groups = bt.protocols.triplets(bt.rules.TripletSTDP("hippocampus_full_all_to_all", unit="1"), w=0.0)
    v, exc = (one[name].to_xarray() for name in ("v", "exc"))
    moved = np.argsort(np.ptp(one["w"].values.magnitude, axis=0))
    made = style.figure("page", 11)
    made.set_size_inches(3 * style.WIDTHS["column"], 11)
    grid = made.add_gridspec(4, 3, height_ratios=(1, 1, 1, 1.2))
    places = (grid[0, 0], grid[0, 1], grid[0, 2], grid[1, 0], grid[1, 1], grid[1, 2])
    places += (grid[2, 0], grid[2, 1], grid[2:, 2], grid[3, 0], grid[3, 1])
    cells = iter([made.add_subfigure(place) for place in places])
    plots.raster(one["spikes"], axes=next(cells).subplots(2, 1, sharex=True, height_ratios=(2, 1)))
    plots.traces(v[v.time < 300], one["spikes"], peak=-20 * mV, axes=next(cells).subplots())
    plots.stacked(exc[exc.time < 300], scale=20 * nS, axes=next(cells).subplots())
    plots.weight_history(one["w"], highlighted=moved[-3:], axes=next(cells).subplots())
    plots.weight_histogram(one["w"], axes=next(cells).subplots(1, 2, sharey=True, width_ratios=(2.4, 1)))
    plots.weight_matrix(one["simulation"], one["synapses"], axes=next(cells).subplots())
    plots.window(bt.protocols.window(bt.rules.PairSTDP(), np.arange(-80, 81, 4.0) * ms), axes=next(cells).subplots())
    plots.frequency(bt.protocols.frequency(triplet), axes=next(cells).subplots())
    plots.bars(groups, axes=next(cells).subplots())
    plane = ([-75, -30] * mV, [-100, 600] * pA)
    plots.phase_plane(model, "v", "w", plane, trajectory=trajectory[:2], spikes=trajectory[2], axes=next(cells).subplots())
    plots.network(one["simulation"], axes=next(cells).subplots())
    return made


if __name__ == "__main__":
    plots.save(sheet(), sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "images" / "figures.png", dpi=100)
