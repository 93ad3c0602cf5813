"""Sodium and potassium channels as Hodgkin and Huxley wrote them: three gates, whose rates are functions of the voltage.

    C dv/dt = g_L (E_L − v) + g_Na m³ h (E_Na − v) + g_K n⁴ (E_K − v) + I_ext + I_syn,    dx/dt = α_x (1 − x) − β_x x

A rate is A·f(q) with q = (x₀ − x)/s of the voltage x in mV above an origin, f being linear where it is steep (q/(exp(q) − 1)),
exponential, or a sigmoid (1/(1 + exp(q))).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bouton.library import inputs

GATES = ("m", "h", "n")
Rates = Mapping[str, tuple[str, float, float, float]]
"""By name, ``alpha_m`` to ``beta_n``: the shape, A in 1/ms, x₀ and s."""
SHAPES = {"linear": "{q}/(exp({q}) - 1)", "exponential": "exp({q})", "sigmoid": "1/(1 + exp({q}))"}
OPTIONS = {  # of neurons with such channels
    "synapses": tuple(kind for kind in inputs.SYNAPSES if kind != "delta"),
    "scheme": ("exponential_euler", "rk4"),
}
INPUTS = {name: text for name, text in inputs.INPUTS.items() if name != "v"}


def texts(rates: Rates, origin: str, options: Mapping[str, str]) -> Mapping[str, Any]:
    """The arguments of a model whose rates are counted from the voltage ``origin``."""
    kind = options["synapses"]
    flow = "g_L*(E_L - v) + g_Na*m**3*h*(E_Na - v) + g_K*n**4*(E_K - v) + I_ext"
    lines = [
        f"dv/dt = ({flow}{inputs.current(kind)})/C : mV",
        *(f"d{gate}/dt = alpha_{gate}*(1 - {gate}) - beta_{gate}*{gate} : 1" for gate in GATES),
        *(_text(name, *rate, origin) for name, rate in rates.items()),
        inputs.equations(kind),
    ]
    return {
        "equations": "\n".join(lines),
        "threshold": "v > V_spike and v(t-dt) <= V_spike",
        "refractory": "t_ref",
        "method": dict.fromkeys(("v", *GATES), options["scheme"]),
    }


def _text(name: str, shape: str, size: float, middle: float, slope: float, origin: str) -> str:
    """The equation of a rate. Where a linear one would be 0/0, q is moved by a millionth."""
    q, value = f"q_{name}", f"({middle}*mV - (v - {origin}))/({slope}*mV)"
    guarded = f"where(abs({value}) < 1e-6, 1e-6, {value})" if shape == "linear" else value
    return f"{q} = {guarded} : 1\n{name} = {size}*{SHAPES[shape].format(q=q)}/ms : 1/ms"


def steady(rates: Rates, x: float) -> dict[str, float]:
    """Where the gates come to stand at a voltage of x mV above the origin."""
    value = {name: size * _shape(shape, (middle - x) / slope) for name, (shape, size, middle, slope) in rates.items()}
    return {gate: value[f"alpha_{gate}"] / (value[f"alpha_{gate}"] + value[f"beta_{gate}"]) for gate in GATES}


def _shape(shape: str, q: float) -> float:
    if shape == "linear":
        return q / math.expm1(q) if q else 1.0
    return math.exp(q) if shape == "exponential" else 1 / (1 + math.exp(q))
