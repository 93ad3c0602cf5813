"""The adaptive exponential integrate-and-fire neuron.

Sources
-------
R. Brette & W. Gerstner, J. Neurophysiol. 94:3637 (2005), doi:10.1152/jn.00686.2005: ``brette_gerstner2005``, as in Brian2's
example of the paper; two more behaviours are from that example. Time constants and reversal potentials of synapses are those of
NEST's aeif_cond_exp.

Symbols
-------
    C dv/dt = g_L (E_L − v) + g_L Δ_T exp((v − V_T)/Δ_T) − w + I_ext + I_syn,    τ_w dw/dt = a (v − E_L) − w

At v > V_peak a spike: v → V_reset, w → w + b. ``w`` is the adaptation current, not a weight. ``synapses``: see
`bouton.library.inputs`.

v and w are advanced together by rk4. In the exponential and in the equation of w, v is bounded by V_peak: what a fixed step makes
of the last tenth of a millisecond of an upswing, up to any height, is cut off, and w does not see it. V_peak is 20 mV in the
paper; where others cut, 10 mV above V_T, spikes come 0.06 ms earlier.

What differs
------------
- NEST advances with adaptive steps, resets within one and goes on from there; its V_peak is 0 mV and its V_reset -60 mV, and
  spikes are reported at the end of the step. Here a spike comes up to two steps late, and v stays at V_reset for the rest of its
  step.
- Brian2's example uses Euler's method and cuts at V_T + 5 Δ_T.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library import inputs
from bouton.library.neuron import Neuron, Parameter
from bouton.units import ms, mV, nA, nS, pA, pF


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    kind = options["synapses"]
    flow = f"g_L*(E_L - v) + g_L*Delta_T*exp((bounded - V_T)/Delta_T) - w + I_ext{inputs.current(kind)}"
    return {
        "equations": f"""
            dv/dt = ({flow})/C : mV (unless refractory)
            dw/dt = (a*(bounded - E_L) - w)/tau_w : pA
            bounded = minimum(v, V_peak) : mV
            {inputs.equations(kind)}""",
        "threshold": "v > V_peak",
        "reset": "v = V_reset; w += b",
        "refractory": "t_ref",
        "method": {"v": "rk4", "w": "rk4"},
    }


MEMBRANE = {
    "C": Parameter(281 * pF, "C", "capacitance", 50, 500),
    "g_L": Parameter(30 * nS, "g_L", "leak conductance", 1, 50),
    "E_L": Parameter(-70.6 * mV, "E_L", "leak's reversal potential", -80, -50),
    "Delta_T": Parameter(2 * mV, "Δ_T", "slope factor", 0.5, 5),
    "a": Parameter(4 * nS, "a", "adaptation by the voltage", -10, 20),
    "b": Parameter(80.5 * pA, "b", "adaptation by a spike", 0, 500),
    "tau_w": Parameter(144 * ms, "τ_w", "time constant of adaptation", 10, 500),
    "I_ext": Parameter(0 * pA, "I", "external current", -500, 2000),
    **inputs.PARAMETERS,
    "tau_exc": Parameter(0.2 * ms, "τ_exc", "time constant of excitatory inputs", 0.1, 20),
}

NEURON = Neuron(
    name="AdEx",
    title="adaptive exponential integrate-and-fire",
    papers=("Brette & Gerstner (2005), doi:10.1152/jn.00686.2005",),
    build=build,
    parameters={
        **MEMBRANE,
        "V_T": Parameter(-50.4 * mV, "V_T", "threshold of the exponential", -60, -40),
        "V_peak": Parameter(20 * mV, "V_peak", "voltage at which a spike is seen", -40, 30),
        "V_reset": Parameter(-70.6 * mV, "V_r", "voltage after a spike", -80, -40),
        "t_ref": Parameter(0 * ms, "t_ref", "refractory period", 0, 10),
    },
    options={"synapses": tuple(inputs.SYNAPSES)},
    sets={
        "brette_gerstner2005": {},
        "brian2_bursting": {"tau_w": 20 * ms, "b": 0.5 * nA, "V_reset": -45.4 * mV},
        "brian2_fast_spiking": {"a": 2 * 281 * pF / (144 * ms), "b": 0 * nA},
    },
    inputs=inputs.INPUTS,
    start=lambda p: {"v": p["E_L"]},
)
