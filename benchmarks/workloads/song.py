"""A thousand Poisson inputs onto one conductance-based neuron, with additive STDP.

After S. Song, K. D. Miller & L. F. Abbott, "Competitive Hebbian learning through spike-timing-dependent synaptic
plasticity", Nat. Neurosci. 3 (2000).
"""

from __future__ import annotations

import bouton as bt
from bouton.units import Hz, ms, mV

NAME, SECONDS, FROM_THE_START = "song", 100.0, True
RATES = {"cell": (20.0, 28.0)}
NEURON = bt.NeuronModel(
    """
    dv/dt = (g_e*(E_e - v) + E_L - v)/tau_m : mV
    dg_e/dt = -g_e/tau_e : 1
    """,
    threshold="v > theta",
    reset="v = v_r",
    method="euler",
    parameters={
        **{"tau_m": 10 * ms, "tau_e": 5 * ms, "E_L": -74 * mV, "E_e": 0 * mV, "theta": -54 * mV, "v_r": -60 * mV},
    },
    name="lif",
)
STDP = bt.SynapseModel(
    """
    w : 1
    dx/dt = -x/tau : 1
    dy/dt = -y/tau : 1
    """,
    on_pre="target += w; x += A_plus; w = clip(w - y, 0, g_max)",
    on_post="y += A_minus; w = clip(w + x, 0, g_max)",
    parameters={"tau": 20 * ms, "g_max": 0.01, "A_plus": 0.01 * 0.01, "A_minus": 1.05 * 0.01 * 0.01},
    name="stdp",
)


def build(**options: object) -> tuple[bt.Simulation, dict[str, object]]:
    """The simulation, and its neuron."""
    network = bt.Network()
    inputs = network.add(bt.Poisson(1000, 15 * Hz))
    cell = network.add(bt.Population(1, NEURON, v=-74 * mV))
    network.connect(inputs, cell, STDP, target="g_e", w=bt.Uniform(0, 0.01))
    return bt.Simulation(network, dt=0.1 * ms, **options), {"cell": cell}


def events(rates: dict[str, float]) -> float:
    """Synaptic events in a biological second at these rates (Hz)."""
    return 1000 * 15.0 + 1000 * rates["cell"]  # a spike of the cell is one for each input
