"""Inhibitory plasticity balances a network of ten thousand neurons.

T. P. Vogels, H. Sprekeler, F. Zenke, C. Clopath & W. Gerstner, "Inhibitory plasticity balances excitation and inhibition
in sensory pathways and memory networks", Science 334 (2011).
"""

from __future__ import annotations

from workloads.coba import NEURON

import bouton as bt
from bouton.units import Hz, ms, mV, nS, pA

NAME, SECONDS, FROM_THE_START = "vogels", 10.0, True
RATES = {"E": (15.0, 21.0), "I": (10.5, 14.0)}
STATIC = bt.SynapseModel("", on_pre="target += J", parameters={"J": 1 * nS}, name="static")
INHIBITORY = bt.SynapseModel(
    """
    w : 1
    dx/dt = -x/tau : 1
    dy/dt = -y/tau : 1
    """,
    on_pre="x += 1; w = clip(w + (y - alpha)*eta, 0, w_max); g_i_post += w*nS",
    on_post="y += 1; w = clip(w + x*eta, 0, w_max)",
    parameters={"tau": 20 * ms, "eta": 0.01, "alpha": (2 * 3 * Hz * 20 * ms).to("").magnitude, "w_max": 100.0},
    name="inhibitory",
)


def build(n: int = 10_000, **options: object) -> tuple[bt.Simulation, dict[str, object]]:
    """The simulation, and its excitatory and inhibitory neurons."""
    network = bt.Network()
    neurons = network.add(bt.Population(n, NEURON, I=200 * pA, v=bt.Uniform(-60 * mV, -50 * mV)))
    e, i = neurons[: n * 4 // 5], neurons[n * 4 // 5 :]
    sparse = bt.Bernoulli(0.02 * 10_000 / n)
    network.connect(e, neurons, STATIC, target="g_e", pattern=sparse, J=0.3 * nS)
    network.connect(i, i, STATIC, target="g_i", pattern=sparse, J=3 * nS)
    network.connect(i, e, INHIBITORY, pattern=sparse, w=1e-10)
    return bt.Simulation(network, dt=0.1 * ms, **options), {"E": e, "I": i}


def events(rates: dict[str, float]) -> float:
    """Synaptic events in a biological second at these rates (Hz)."""
    return 0.02 * 10_000 * (8000 * rates["E"] + 2000 * rates["I"])
