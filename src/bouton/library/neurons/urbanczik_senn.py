"""A soma and a dendrite whose potential predicts it, with the error of that prediction for a rule to read.

Sources
-------
R. Urbanczik & W. Senn, Neuron 81:521 (2014), doi:10.1016/j.neuron.2013.11.030. The numbers are those of NEST's example
urbanczik_synapse_example, which `bouton.experiments.dendritic_prediction` follows.

Symbols
-------
``U`` and ``V`` potentials of soma and dendrite, ``V_star`` (g_L E_L + g_D V)/(g_L + g_D), what V predicts for U:

    C dU/dt = g_L (E_L − U) + g_E (E_E − U) + g_I (E_I − U) + g_D (V − U),    C dV/dt = g_L (E_L − V) + I.

``I`` is the dendrite's current, ``g_E`` and ``g_I`` the soma's conductances, all three decay with τ_s; synapses write to them, or
``teach_E`` and ``teach_I``, parameters, are added to the conductances in each step (and so may be `TimedArray`s). The soma is not
acted upon by spikes; it fires with the rate φ(U) = φ_max/(1 + k exp(β (θ − U))), ``phi_U``, with probability 1 − exp(−φ dt) in a
step, and not for t_ref after a spike. ``phi_V`` is φ(V_star).
``e`` the error of a step, (S − φ(V_star) dt)·h with h = unit·φ′/φ, the relative slope at V_star in parts of ``unit``: what a rule
adds up, as in ``every=(bt.dt, "Delta += psp*e_post(t-dt)")``.

V, I, g_E and g_I are advanced exactly, U by rk4.

What differs
------------
- NEST's pp_cond_exp_mc_urbanczik advances all of it adaptively, and its t_ref of 3 ms counts from the step's end, 3.1 ms here.
  Its soma takes spikes as here; ``unit`` is 15 mV, a factor of its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.neuron import Neuron, Parameter
from bouton.model.blocks import dt
from bouton.units import kHz, ms, mV, nS, pF

EQUATIONS = """
    dU/dt = (g_L*(E_L - U) + g_E*(E_E - U) + g_I*(E_I - U) + g_D*(V - U))/C : mV
    dV/dt = (g_L*(E_L - V) + I)/C : mV
    dI/dt = -I/tau_s : pA
    dg_E/dt = -g_E/tau_s : nS
    dg_I/dt = -g_I/tau_s : nS
    V_star = (g_L*E_L + g_D*V)/(g_L + g_D) : mV
    phi_U = phi_max/(1 + k*exp(beta*(theta - U))) : kHz
    phi_V = phi_max/(1 + k*exp(beta*(theta - V_star))) : kHz
    h = beta*unit/(1 + exp(beta*(V_star - theta))/k) : 1
    e : 1
"""


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts; there is one variant."""
    del options
    return {
        "equations": EQUATIONS,
        "every": (dt, "g_E += teach_E; g_I += teach_I; e = -phi_V*dt*h"),
        "threshold": "rand() < 1 - exp(-phi_U*dt)",
        "reset": "e += h",
        "refractory": "t_ref",
        "method": {"U": "rk4"},
    }


NEURON = Neuron(
    name="UrbanczikSenn",
    title="soma and dendrite, and the error of the dendritic prediction",
    papers=("Urbanczik & Senn (2014), doi:10.1016/j.neuron.2013.11.030",),
    build=build,
    parameters={
        "C": Parameter(300 * pF, "C", "capacitance of either compartment", 100, 1000),
        "g_L": Parameter(30 * nS, "g_L", "leak conductance of either compartment", 1, 100),
        "g_D": Parameter(600 * nS, "g_D", "conductance from the dendrite to the soma", 0, 2000),
        "E_L": Parameter(-70 * mV, "E_L", "leak's reversal potential", -80, -50),
        "E_E": Parameter(0 * mV, "E_E", "reversal potential of excitatory conductances", -20, 20),
        "E_I": Parameter(-75 * mV, "E_I", "reversal potential of inhibitory conductances", -100, -60),
        "tau_s": Parameter(3 * ms, "τ_s", "time constant of inputs", 0.1, 20),
        "phi_max": Parameter(0.15 * kHz, "φ_max", "largest rate", 0, 1),
        "k": Parameter(0.5, "k", "how far the rate is from its largest at θ", 0.1, 2),
        "beta": Parameter(1 / (3 * mV), "β", "slope of the rate", 0.1, 1),
        "theta": Parameter(-55 * mV, "θ", "voltage of the middle rates", -65, -45),
        "unit": Parameter(15 * mV, "15 mV", "voltage that the slope in the error is measured in"),
        "teach_E": Parameter(0 * nS, "g_E", "growth of the soma's excitatory conductance in each step", 0, 10),
        "teach_I": Parameter(0 * nS, "g_I", "growth of the soma's inhibitory conductance in each step", 0, 10),
        "t_ref": Parameter(3 * ms, "t_ref", "refractory period", 0, 10),
    },
    sets={"nest_urbanczik_example": {"t_ref": 3.1 * ms}},
    inputs={"I": "current of the dendrite, of either sign", "g_E": "excitation of the soma", "g_I": "inhibition of the soma"},
    start=lambda p: {"U": p["E_L"], "V": p["E_L"]},
)
