"""Inputs that neurons of the library have in common: ``exc`` and ``inh``, to which synapses add their weights.

The choices
-----------
``delta``: none; synapses write to ``v``, which jumps by the weight, of either sign. What arrives while the neuron is refractory
is lost.
``exponential``: ``exc`` and ``inh`` are currents that jump by the weight and decay.
``alpha``: ``I_exc`` and ``I_inh`` are, w·(t/τ)·exp(1 − t/τ) of a weight, its peak, at t = τ.
``conductance_exponential`` and ``conductance_alpha``: the same of conductances (``exc`` and ``inh``, or ``g_exc`` and ``g_inh``),
and I = g·(E − v).

Weights of both inputs are positive: ``I_syn``, the current into the cell, is what ``exc`` gives less what ``inh`` gives. (NEST's
current-based models add signed weights; a negative weight goes to their inhibitory input.) Each input has a time constant of its
own, and is integrated exactly; during a refractory period it goes on.
"""

from __future__ import annotations

from bouton.library.entry import Parameter
from bouton.units import ms, mV

EXPONENTIAL = "dexc/dt = -exc/tau_exc : {unit}\ndinh/dt = -inh/tau_inh : {unit}\n"
ALPHA = (
    "d{of}_exc/dt = (exp(1)*exc - {of}_exc)/tau_exc : {unit}\nd{of}_inh/dt = (exp(1)*inh - {of}_inh)/tau_inh : {unit}\n"
) + EXPONENTIAL
SYNAPSES = {
    "delta": "",
    "exponential": EXPONENTIAL + "I_syn = exc - inh : {current}",
    "alpha": ALPHA + "I_syn = I_exc - I_inh : {current}",
    "conductance_exponential": EXPONENTIAL + "I_syn = exc*(E_exc - v) + inh*(E_inh - v) : {current}",
    "conductance_alpha": ALPHA + "I_syn = g_exc*(E_exc - v) + g_inh*(E_inh - v) : {current}",
}
INPUTS = {"exc": "excitation, all but synapses='delta'", "inh": "inhibition, likewise", "v": "jumps of synapses='delta'"}
PARAMETERS = {
    "tau_exc": Parameter(2 * ms, "τ_exc", "time constant of excitatory inputs", 0.1, 20),
    "tau_inh": Parameter(2 * ms, "τ_inh", "time constant of inhibitory inputs", 0.1, 20),
    "E_exc": Parameter(0 * mV, "E_exc", "reversal potential of excitatory conductances", -20, 20),
    "E_inh": Parameter(-85 * mV, "E_inh", "reversal potential of inhibitory conductances", -100, -50),
}


def equations(kind: str, current: str = "pA", conductance: str = "nS") -> str:
    """The equations of the inputs, where currents have the unit ``current``."""
    conducts = kind.startswith("conductance")
    of, unit = ("g", conductance) if conducts else ("I", current)
    return SYNAPSES[kind].format(of=of, unit=unit, current=current)


def current(kind: str) -> str:
    """What is added to the other currents of a neuron."""
    return " + I_syn" if SYNAPSES[kind] else ""
