"""The network of `coba` with short-term plasticity at every synapse.

M. Tsodyks, K. Pawelzik & H. Markram, "Neural networks with dynamic synapses", Neural Comput. 10 (1998).
"""

from __future__ import annotations

from workloads.coba import NEURON

import bouton as bt
from bouton.units import ms, mV, nS, pA

NAME, SECONDS, FROM_THE_START = "stp", 2.0, False
RATES = {"all": (11.0, 16.0)}
SYNAPSE = bt.SynapseModel(
    """
    du/dt = -u/tau_f : 1
    dx/dt = (1 - x)/tau_d : 1
    """,
    on_pre="u += U*(1 - u); r = u*x; target += J*r; x -= r",
    parameters={"U": 0.2, "tau_f": 200 * ms, "tau_d": 200 * ms, "J": 1 * nS},
    name="tsodyks_markram",
)


def build(n: int = 4000, **options: object) -> tuple[bt.Simulation, dict[str, object]]:
    """The simulation, and its neurons."""
    network = bt.Network()
    start = {"v": bt.Normal(-65 * mV, 5 * mV), "g_e": bt.Uniform(0 * nS, 80 * nS), "g_i": bt.Uniform(0 * nS, 400 * nS)}
    neurons = network.add(bt.Population(n, NEURON, I=200 * pA, **start))
    sparse = bt.Bernoulli(0.02 * 4000 / n)
    network.connect(neurons[: n * 4 // 5], neurons, SYNAPSE, target="g_e", pattern=sparse, J=12 * nS, x=1.0)
    network.connect(neurons[n * 4 // 5 :], neurons, SYNAPSE, target="g_i", pattern=sparse, J=134 * nS, x=1.0)
    return bt.Simulation(network, dt=0.1 * ms, **options), {"all": neurons}


def events(rates: dict[str, float]) -> float:
    """Synaptic events in a biological second at these rates (Hz)."""
    return 0.02 * 4000 * 4000 * rates["all"]
