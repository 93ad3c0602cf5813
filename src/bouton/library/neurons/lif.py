"""The leaky integrate-and-fire neuron: five kinds of synapses, a threshold that adapts, excitability that seeks a rate.

Sources
-------
N. Brunel, J. Comput. Neurosci. 8:183 (2000), doi:10.1023/A:1008925309027: ``brunel2000``, from Brian2's example of its figure 8.
R. Brette et al., J. Comput. Neurosci. 23:349 (2007), doi:10.1007/s10827-007-0038-6: benchmarks 1 and 2, from Brian2's examples
and `benchmarks/workloads/coba.py`.
P. U. Diehl & M. Cook, Front. Comput. Neurosci. 9:99 (2015), doi:10.3389/fncom.2015.00099: its excitatory neurons, from the
authors' program.
A. Lazar, G. Pipa & J. Triesch, Front. Comput. Neurosci. 3:23 (2009), doi:10.3389/neuro.10.023.2009: excitability; a threshold T →
T + η (x − H) in each step, x being 1 with a spike, else 0.
Defaults are those of NEST's iaf_psc_exp, E_inh that of iaf_cond_exp; the sizes of adaptation, the rate and η are choices of this
library.

Symbols
-------
C dv/dt = g_L (E_L − v) + I_ext + I_syn. At v > V_th a spike, v → V_reset, where it stays for t_ref. ``I_ext`` is a parameter, and
so may be a `TimedArray`.

``synapses``: see `bouton.library.inputs`. Without conductances everything is exact; otherwise v is advanced by exponential_euler
with the conductances of the middle of a step.
``threshold``: ``fixed``, or ``adaptive``, where V_th + ``theta`` takes its place; theta grows by ``theta_plus`` with each spike,
and decays with ``tau_theta``.
``excitability``: ``fixed``; ``threshold``, where ``shift`` is added to the threshold, which grows by ``eta_threshold`` with each
spike and falls by eta_threshold·rho_0·dt in each step: it stands still at the rate ρ₀ (Lazar's rule, for a rate in place of a
probability); or ``bias``, the same of a current ``I_bias``, which spikes lower, and which v takes as constant during a step.

What differs
------------
- NEST fires at v ≥ V_th, and its refractory period counts from the end of a spike's step: t_ref + dt here. Spikes arrive at the
  end of a step, as here. It advances conductances adaptively, and iaf_cond_exp bounds v by V_th in the currents.
- Brian2 drops ``v += w`` during a refractory period only of ``(unless refractory)``; so is v here.
- Diehl and Cook let theta begin at 20 mV and take 20 mV off the threshold. Here it begins at zero, the threshold is the sum, and
  theta decays to zero, in hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library import inputs
from bouton.library.neuron import Neuron, Parameter
from bouton.model.blocks import dt
from bouton.units import Hz, ms, mV, nS, pA, pF, second

THRESHOLD = {  # equation, what is added to the threshold, reset
    "fixed": ("", "", ""),
    "adaptive": ("dtheta/dt = -theta/tau_theta : mV\n", " + theta", "; theta += theta_plus"),
}
EXCITABILITY = {  # variable, what is added to the threshold, to the current, each step, reset
    "fixed": ("", "", "", None, ""),
    "threshold": ("shift : mV\n", " + shift", "", "shift -= eta_threshold*rho_0*dt", "; shift += eta_threshold"),
    "bias": ("I_bias : pA\n", "", " + I_bias", "I_bias += eta_bias*rho_0*dt", "; I_bias -= eta_bias"),
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    adapting, raised, grown = THRESHOLD[options["threshold"]]
    seeking, shifted, biased, drift, moved = EXCITABILITY[options["excitability"]]
    kind = options["synapses"]
    flow = f"(g_L*(E_L - v) + I_ext{biased}{inputs.current(kind)})/C"
    return {
        "equations": f"dv/dt = {flow} : mV (unless refractory)\n{adapting}{seeking}{inputs.equations(kind)}",
        "threshold": f"v > V_th{raised}{shifted}",
        "reset": f"v = V_reset{grown}{moved}",
        "refractory": "t_ref",
        "every": drift and (dt, drift),
    }


MEMBRANE = {
    "C": Parameter(250 * pF, "C_m", "capacitance", 50, 500),
    "g_L": Parameter(25 * nS, "g_L", "leak conductance", 1, 50),
    "E_L": Parameter(-70 * mV, "E_L", "leak's reversal potential", -80, -50),
    "V_th": Parameter(-55 * mV, "V_th", "threshold", -60, -40),
    "V_reset": Parameter(-70 * mV, "V_reset", "voltage after a spike", -80, -50),
    "t_ref": Parameter(2 * ms, "t_ref", "refractory period", 0, 10),
    "I_ext": Parameter(0 * pA, "I_e", "external current", -500, 500),
    **inputs.PARAMETERS,
}
BENCHMARK = {
    **{"C": 200 * pF, "g_L": 10 * nS, "V_th": -50 * mV, "V_reset": -60 * mV, "t_ref": 5 * ms},
    **{"tau_exc": 5 * ms, "tau_inh": 10 * ms},
}

NEURON = Neuron(
    name="LIF",
    title="leaky integrate-and-fire, with an adaptive threshold and homeostatic excitability on request",
    papers=(
        "Brunel (2000), doi:10.1023/A:1008925309027",
        "Brette et al. (2007), doi:10.1007/s10827-007-0038-6",
        "Diehl & Cook (2015), doi:10.3389/fncom.2015.00099",
        "Lazar, Pipa & Triesch (2009), doi:10.3389/neuro.10.023.2009",
    ),
    build=build,
    parameters={
        **MEMBRANE,
        "theta_plus": Parameter(1 * mV, "θ₊", "rise of the threshold with a spike", 0, 10),
        "tau_theta": Parameter(100 * ms, "τ_θ", "time constant of the threshold", 1, 1e7),
        "rho_0": Parameter(5 * Hz, "ρ₀", "rate that excitability seeks", 0, 100),
        "eta_threshold": Parameter(0.01 * mV, "η", "rise of the threshold with a spike", 0, 1),
        "eta_bias": Parameter(0.1 * pA, "η", "fall of the bias with a spike", 0, 10),
    },
    options={"synapses": tuple(inputs.SYNAPSES), "threshold": tuple(THRESHOLD), "excitability": tuple(EXCITABILITY)},
    sets={
        "brunel2000": {
            **{"synapses": "delta", "g_L": 12.5 * nS, "E_L": 0 * mV, "V_th": 20 * mV, "V_reset": 10 * mV, "t_ref": 2 * ms},
        },
        "brette2007_coba": {
            **BENCHMARK,
            **{"synapses": "conductance_exponential", "E_L": -60 * mV, "E_exc": 0 * mV, "E_inh": -80 * mV},
        },
        "brette2007_cuba": {**BENCHMARK, "synapses": "exponential", "E_L": -49 * mV},
        "diehl_cook2015_excitatory": {
            **{"synapses": "conductance_exponential", "threshold": "adaptive", "C": 100 * pF, "g_L": 1 * nS},
            **{"E_L": -65 * mV, "V_th": -52 * mV, "V_reset": -65 * mV, "t_ref": 5 * ms, "E_exc": 0 * mV, "E_inh": -100 * mV},
            **{"tau_exc": 1 * ms, "tau_inh": 2 * ms, "theta_plus": 0.05 * mV, "tau_theta": 1e4 * second},
        },
    },
    inputs=inputs.INPUTS,
    start=lambda p: {"v": p["E_L"]},
)
