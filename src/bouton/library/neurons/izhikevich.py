"""Izhikevich's simple neuron: a parabola, a recovery variable, and seven classes of cortical and thalamic cells.

Sources
-------
E. M. Izhikevich, IEEE Trans. Neural Netw. 14:1569 (2003), doi:10.1109/TNN.2003.820440: figure 2, as others have transcribed it
(RS, IB, CH, FS, LTS, TC, RZ).

Symbols
-------
    dv/dt = 0.04 v² + 5 v + 140 − u + I,    du/dt = a (b v − u);    v ≥ 30: v → c, u → u + d

with v in mV and time in ms. Here everything has its unit: 0.04/(ms·mV), 5/ms, 140 mV/ms; ``u``, d and currents (``I_ext``, and
those of synapses) in mV/ms; a and b in 1/ms; conductances in 1/ms. ``synapses``: see `bouton.library.inputs`.

``scheme``: ``rk4`` for v and u together, or ``euler``.

What differs
------------
- The paper's program advances v by two Euler steps of 0.5 ms, and u by one of 1 ms with the new v; a presynaptic spike is a
  current that lasts for 1 ms, not a jump of v. NEST's izhikevich is Euler's map (``scheme="euler"``), or the paper's on request.
- At steps of 1 ms rates are those of the map, not of the equations: with 0.1 ms and rk4 they are of the equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bouton.library import inputs
from bouton.library.neuron import Neuron, Parameter
from bouton.units import ms, mV


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    kind, scheme = options["synapses"], options["scheme"]
    return {
        "equations": f"""
            dv/dt = 0.04/(ms*mV)*v**2 + 5/ms*v + 140*mV/ms - u + I_ext{inputs.current(kind)} : mV
            du/dt = a*(b*v - u) : mV/ms
            {inputs.equations(kind, "mV/ms", "1/ms")}""",
        "threshold": "v >= V_peak",
        "reset": "v = c; u += d",
        "method": {"v": scheme, "u": scheme},
    }


def cell(a: float, b: float, c: float, d: float) -> Mapping[str, Any]:
    """Parameters from the paper's numbers."""
    return {"a": a / ms, "b": b / ms, "c": c * mV, "d": d * mV / ms}


def rest(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The lower root of 0.04 v² + (5 − b) v + 140; where there is none, c."""
    slope = 5 - parameters["b"].to(1 / ms).magnitude
    square = slope**2 - 4 * 0.04 * 140
    v = np.where(square >= 0, (-slope - np.sqrt(np.maximum(square, 0))) / 0.08, parameters["c"].to(mV).magnitude) * mV
    return {"v": v, "u": parameters["b"] * v}


NEURON = Neuron(
    name="Izhikevich",
    title="Izhikevich's simple model, with the paper's seven classes of cells",
    papers=("Izhikevich (2003), doi:10.1109/TNN.2003.820440",),
    build=build,
    parameters={
        "a": Parameter(0.02 / ms, "a", "rate of recovery", 0.01, 0.2),
        "b": Parameter(0.2 / ms, "b", "how much recovery follows the voltage", 0.1, 0.3),
        "c": Parameter(-65 * mV, "c", "voltage after a spike", -70, -45),
        "d": Parameter(8 * mV / ms, "d", "jump of recovery with a spike", 0, 10),
        "V_peak": Parameter(30 * mV, "30 mV", "voltage at which a spike is seen"),
        "I_ext": Parameter(0 * mV / ms, "I", "external current", 0, 40),
        **inputs.PARAMETERS,
    },
    options={"synapses": tuple(inputs.SYNAPSES), "scheme": ("rk4", "euler")},
    sets={
        "izhikevich2003_RS": cell(0.02, 0.2, -65, 8),
        "izhikevich2003_IB": cell(0.02, 0.2, -55, 4),
        "izhikevich2003_CH": cell(0.02, 0.2, -50, 2),
        "izhikevich2003_FS": cell(0.1, 0.2, -65, 2),
        "izhikevich2003_LTS": cell(0.02, 0.25, -65, 2),
        "izhikevich2003_TC": cell(0.02, 0.25, -65, 0.05),
        "izhikevich2003_RZ": cell(0.1, 0.26, -65, 2),
    },
    inputs=inputs.INPUTS,
    start=rest,
)
