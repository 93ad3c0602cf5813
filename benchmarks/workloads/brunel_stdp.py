"""Sparse random network of current-based neurons with additive STDP between the excitatory ones.

After N. Brunel, "Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons", J. Comput.
Neurosci. 8 (2000), with A. Morrison, A. Aertsen & M. Diesmann, "Spike-timing-dependent plasticity in balanced random
networks", Neural Comput. 19 (2007) for the plasticity.
"""

from __future__ import annotations

import bouton as bt
from bouton.units import Hz, ms, mV

NAME, SECONDS, FROM_THE_START = "brunel-stdp", 0.5, False
RATES = {"E": (11.0, 15.5), "I": (11.0, 15.5)}  # Hz, in which all simulators' rates lie
NEURON = bt.NeuronModel(
    """
    dv/dt = (I - v)/tau_m : mV (unless refractory)
    dI/dt = -I/tau_s : mV
    """,
    every=(bt.dt, "I += J_ext*poisson(rate_ext*dt)"),
    threshold="v > theta",
    reset="v = v_r",
    refractory=2 * ms,
    parameters={"tau_m": 20 * ms, "tau_s": 2 * ms, "theta": 20 * mV, "v_r": 10 * mV, "J_ext": 5.8 * mV, "rate_ext": 2000 * Hz},
    name="lif",
)
STATIC = bt.SynapseModel("", on_pre="I_post += J", parameters={"J": 1 * mV}, name="static")
PLASTIC = bt.SynapseModel(
    """
    w : 1
    dx/dt = -x/tau : 1
    dy/dt = -y/tau : 1
    """,
    on_pre="I_post += J*w; x += 1; w = clip(w - A_minus*y, 0, w_max)",
    on_post="y += 1; w = clip(w + A_plus*x, 0, w_max)",
    parameters={"J": 1 * mV, "tau": 20 * ms, "A_plus": 0.005 * 2, "A_minus": 1.05 * 0.005 * 2, "w_max": 2.0},
    name="stdp",
)


def build(
    scale: float = 1.0,
    *,
    plastic: bool = True,
    stored: bool = True,
    inputs: int = 1000,
    drive: float = 1.0,
    **options: object,
) -> tuple[bt.Simulation, dict[str, object]]:
    """The simulation, and its excitatory and inhibitory neurons; ``scale`` 1 is 10 000 neurons.

    Each neuron has so many ``inputs`` from others on average, or from half of the others where there are too few. Weights
    get smaller where there are more inputs than 1000. Static synapses need not be ``stored``. The rate of the external input is
    so many times (``drive``) that of the workload.
    """
    n = round(10_000 * scale)
    network = bt.Network()
    rate = drive * NEURON.parameters["rate_ext"]
    neurons = network.add(bt.Population(n, NEURON, v=bt.Uniform(0 * mV, 20 * mV), rate_ext=rate))
    e, i = neurons[: n * 4 // 5], neurons[n * 4 // 5 :]
    common = {"pattern": bt.Bernoulli(min(inputs / n, 0.5)), "axonal_delay": 1.5 * ms}
    weight = min(1000 / inputs, 1.0) * mV
    if plastic:
        network.connect(e, e, PLASTIC, w=1.0, J=weight, **common)
    else:
        network.connect(e, e, STATIC, J=weight, stored=stored, **common)
    network.connect(e, i, STATIC, J=weight, stored=stored, **common)
    network.connect(i, neurons, STATIC, J=-5 * weight, stored=stored, **common)
    return bt.Simulation(network, dt=0.1 * ms, **options), {"E": e, "I": i}


def events(rates: dict[str, float]) -> float:
    """Synaptic events in a biological second at these rates (Hz)."""
    return 0.1 * 10_000 * (8000 * rates["E"] + 2000 * rates["I"])
