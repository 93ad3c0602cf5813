"""Four thousand conductance-based neurons, sparsely connected, without plasticity.

After T. P. Vogels & L. F. Abbott, "Signal propagation and logic gating in networks of integrate-and-fire neurons", J.
Neurosci. 25 (2005), as a benchmark in R. Brette et al., "Simulation of networks of spiking neurons", J. Comput. Neurosci.
23 (2007).
"""

from __future__ import annotations

import bouton as bt
from bouton.units import ms, mV, nS, pA, pF

NAME, SECONDS, FROM_THE_START = "coba", 2.0, False
RATES = {"all": (16.0, 23.0)}
NEURON = bt.NeuronModel(
    """
    dv/dt = (g_L*(E_L - v) + g_e*(E_e - v) + g_i*(E_i - v) + I)/C : mV (unless refractory)
    dg_e/dt = -g_e/tau_e : nS
    dg_i/dt = -g_i/tau_i : nS
    """,
    threshold="v > theta",
    reset="v = v_r",
    refractory=5 * ms,
    method={"v": "euler"},
    parameters={
        **{"C": 200 * pF, "g_L": 10 * nS, "E_L": -60 * mV, "E_e": 0 * mV, "E_i": -80 * mV, "tau_e": 5 * ms, "tau_i": 10 * ms},
        **{"I": 100 * pA, "theta": -50 * mV, "v_r": -60 * mV},
    },
    name="coba_lif",
)
STATIC = bt.SynapseModel("", on_pre="target += J", parameters={"J": 1 * nS}, name="static")


def build(n: int = 4000, **options: object) -> tuple[bt.Simulation, dict[str, object]]:
    """The simulation, and its neurons."""
    network = bt.Network()
    start = {"v": bt.Normal(-65 * mV, 5 * mV), "g_e": bt.Uniform(0 * nS, 80 * nS), "g_i": bt.Uniform(0 * nS, 400 * nS)}
    neurons = network.add(bt.Population(n, NEURON, **start))
    sparse = bt.Bernoulli(0.02 * 4000 / n)
    network.connect(neurons[: n * 4 // 5], neurons, STATIC, target="g_e", pattern=sparse, J=6 * nS)
    network.connect(neurons[n * 4 // 5 :], neurons, STATIC, target="g_i", pattern=sparse, J=67 * nS)
    return bt.Simulation(network, dt=0.1 * ms, **options), {"all": neurons}


def events(rates: dict[str, float]) -> float:
    """Synaptic events in a biological second at these rates (Hz)."""
    return 0.02 * 4000 * 4000 * rates["all"]
