"""The adaptive exponential neuron of voltage-based plasticity: spikes that last, and the filtered voltages that the rule reads.

Sources
-------
C. Clopath, L. Büsing, E. Vasilaki & W. Gerstner, Nat. Neurosci. 13:344 (2010), doi:10.1038/nn.2479. Equations and numbers are
those of the authors' program (ModelDB 144566: aEIF.m, VoTri.m, RFdevelop.m), which R. Larisch's replication for ReScience (2019)
and others print. The height of the upstroke is that of NEST's aeif_psc_delta_clopath.

Symbols
-------
    C dv/dt = g_L (E_L − v) + g_L Δ_T exp((v − V_T)/Δ_T) − w + z + I_ext + I_syn,    τ_w dw/dt = a (v − E_L) − w,
    τ_z dz/dt = −z,    τ_VT dV_T/dt = V_T_rest − V_T,
    τ₋ du_minus/dt = v − u_minus,    τ₊ du_plus/dt = v − u_plus,    τ_sq du_square/dt = (v − E_L)² − u_square.

``z`` is the depolarising after-potential, ``w`` the adaptation current. At v > V_peak a spike: v is V_spike for ``t_up``, while w
stands still and what arrives for v is lost; then v → V_reset, w → w + b, z → I_sp, V_T → V_T_max. The filtered voltages see the
upstroke; how long it lasts decides how much a spike potentiates. ``bt.rules.Clopath`` reads v, u_minus and u_plus, and u_square
with homeostasis. Forced spikes have the same upstroke.

``filters``: ``delayed``, where u_minus and u_plus are the filtered voltages (``now_minus``, ``now_plus``) of ``delay_u`` ago, as
in the program, so that a spike does not potentiate by its own upstroke; ``immediate``, as in the paper.
``synapses``: see `bouton.library.inputs`.

v, w and the filters are advanced together by rk4, z and V_T exactly. As in `bouton.library.neurons.adex` what is above the height
of a spike within a step is cut off.

What differs
------------
- The program advances by Euler's method in steps of 1 ms, and its upstroke is 29.4 mV for one step, 32.862 for the next. It adds
  b = 0.0805 to currents in pA, with a comment that says nA; the value is kept.
- NEST clamps v for the rest of the step of a spike besides. Its V_th_max is 30.4 mV by default (the program's is -30.4), V_reset
  -60 mV (E_L + 21 mV in its example, as here), b 80.5 pA (0.0805 in its example); its delay buffer begins at 0 mV, here it is
  full of the initial value. Its u_bar_bar filters u_minus once more, and is squared then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library import inputs
from bouton.library.neuron import Neuron, Parameter
from bouton.library.neurons.adex import MEMBRANE
from bouton.model.blocks import dt
from bouton.units import ms, mV, pA

FILTERS = {  # equations of the filters by names, what is done in each step
    "delayed": (
        "dnow_minus/dt = (bounded - now_minus)/tau_minus : mV\ndnow_plus/dt = (bounded - now_plus)/tau_plus : mV\n"
        "u_minus : mV\nu_plus : mV",
        "; u_minus = now_minus(t-delay_u); u_plus = now_plus(t-delay_u)",
    ),
    "immediate": ("du_minus/dt = (bounded - u_minus)/tau_minus : mV\ndu_plus/dt = (bounded - u_plus)/tau_plus : mV", ""),
}
OVER = "over = where(up > 0 and t - lastspike > t_up - dt/2, 1, 0)"
AT_LEAK = ("v", "u_minus", "u_plus", "now_minus", "now_plus")
AFTER = {"v": "V_reset", "w": "w + b", "z": "I_sp", "V_T": "V_T_max", "up": "0"}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    kind, which = options["synapses"], "now" if options["filters"] == "delayed" else "u"
    filters, late = FILTERS[options["filters"]]
    flow = f"g_L*(E_L - v) + g_L*Delta_T*exp((bounded - V_T)/Delta_T) - w + z + I_ext{inputs.current(kind)}"
    ends = "; ".join(f"{name} = where(over > 0, {value}, {name})" for name, value in AFTER.items())
    return {
        "equations": f"""
            dv/dt = where(up > 0, 0, ({flow})/C) : mV
            dw/dt = where(up > 0, 0, (a*(bounded - E_L) - w)/tau_w) : pA
            {filters}
            du_square/dt = ((bounded - E_L)**2 - u_square)/tau_square : mV**2
            dz/dt = -z/tau_z : pA
            dV_T/dt = (V_T_rest - V_T)/tau_V_T : mV
            bounded = minimum(v, V_spike) : mV
            up : 1
            {inputs.equations(kind)}""",
        "every": (dt, f"{OVER}; v = where(up > 0, V_spike, v); {ends}{late}"),
        "threshold": "v > V_peak",
        "reset": "v = V_spike; up = 1",
        "refractory": "t_up",
        "method": dict.fromkeys(("v", "w", "u_square", *(f"{which}_{side}" for side in ("minus", "plus"))), "rk4"),
    }


NEURON = Neuron(
    name="AdExClopath",
    title="adaptive exponential, with lasting spikes and filtered voltages, for bt.rules.Clopath",
    papers=("Clopath, Büsing, Vasilaki & Gerstner (2010), doi:10.1038/nn.2479",),
    build=build,
    parameters={
        **MEMBRANE,
        "b": Parameter(0.0805 * pA, "b", "adaptation by a spike", 0, 500),
        "V_peak": Parameter(20 * mV, "V_peak", "voltage at which a spike is seen", -40, 30),
        "V_spike": Parameter(33 * mV, "V_clamp", "voltage during the upstroke", 0, 50),
        "t_up": Parameter(2 * ms, "t_clamp", "how long the upstroke lasts", 0.1, 5),
        "V_reset": Parameter(-49.5016 * mV, "V_reset", "voltage after the upstroke", -80, -40),
        "I_sp": Parameter(400 * pA, "I_sp", "after-potential's current after a spike", 0, 1000),
        "tau_z": Parameter(40 * ms, "τ_z", "time constant of the after-potential", 1, 200),
        "V_T_rest": Parameter(-50.4 * mV, "V_Trest", "threshold of the exponential at rest", -60, -40),
        "V_T_max": Parameter(-30.4 * mV, "V_Tmax", "threshold of the exponential after a spike", -50, 40),
        "tau_V_T": Parameter(50 * ms, "τ_VT", "time constant of the threshold", 1, 200),
        "tau_minus": Parameter(10 * ms, "τ₋", "time constant of the filter that depression reads", 1, 100),
        "tau_plus": Parameter(7 * ms, "τ₊", "time constant of the filter that potentiation reads", 1, 200),
        "tau_square": Parameter(1200 * ms, "τ_th", "time constant of the mean square that homeostasis reads", 100, 1e5),
        "delay_u": Parameter(4 * ms, "delay", "how late the rule reads the filtered voltages", 0, 10),
    },
    options={"synapses": tuple(inputs.SYNAPSES), "filters": tuple(FILTERS)},
    sets={"clopath2010_program": {}, "clopath2010_paper_filters": {"filters": "immediate"}},
    inputs=inputs.INPUTS,
    start=lambda p: dict.fromkeys(AT_LEAK, p["E_L"]) | {"V_T": p["V_T_rest"]},
)
