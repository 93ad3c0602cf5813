"""Spike-driven plasticity of a bistable synapse: presynaptic spikes move it by the voltage, and only at moderate calcium.

Sources
-------
J. M. Brader, W. Senn & S. Fusi, Neural Comput. 19:2881 (2007), doi:10.1162/neco.2007.19.11.2881, section 2.

Symbols
-------
``X`` the internal state in 0 … X_max, ``C`` the calcium that postsynaptic spikes leave, dC/dt = −C/τ_C + J_C Σ δ(t − t_post),
``v`` the voltage of the postsynaptic neuron. At a presynaptic spike

    X → X + a   if v > θ_V and θ_up_low < C < θ_up_high,
    X → X − b   if v ≤ θ_V and θ_down_low < C < θ_down_high,

and between spikes X drifts, with α up to X_max above θ_X, with β down to 0 otherwise. What is transmitted is w_1 above θ_X and
w_0 otherwise, as it is before this spike moves X.

The paper's numbers have not been read, so jumps, drifts, time constant and thresholds have no values here; a model without them
is refused (E401). ``X_max``, ``J_C`` and ``theta_X`` only fix scales: 1, 1, and the middle.

``advance``: ``steps``, X is advanced in each step by Euler's method, which is exact because no synapse drifts over θ_X; or
``events``, X follows from ``r`` and ``s``, its value after the last presynaptic spike and when that was. Then nothing is done in
steps, and X is recorded, not read or set: start with ``r=``. Until the first spike it is that of the step before.

Spikes of both sides in one step: the presynaptic block comes first, with the calcium of the spikes before; the voltage is that
after the step's integration, before the reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.units import ms, mV, second

CALCIUM = "dC/dt = -C/tau_C : 1"
UP = "a*where(v_post > theta_V and C > theta_up_low and C < theta_up_high, 1, 0)"
DOWN = "b*where(v_post <= theta_V and C > theta_down_low and C < theta_down_high, 1, 0)"
STATE = {
    "steps": "dX/dt = where(X > theta_X, alpha, -beta) : 1 (min=0, max=X_max)",
    "events": "X = where(r > theta_X, minimum(r + alpha*(t - s), X_max), maximum(r - beta*(t - s), 0)) : 1\n"
    "r : 1 (min=0, max=X_max)\ns : second",
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    events = options["advance"] == "events"
    move = f"r = X + {UP} - {DOWN}; s = t" if events else f"X += {UP} - {DOWN}"
    return {
        "equations": f"w = where(X > theta_X, w_1, w_0) : {{unit}}\n{CALCIUM}\n{STATE[options['advance']]}",
        "on_pre": f"transmit = w; {move}",
        "on_post": "C += J_C",
        "method": None if events else {"X": "euler"},
        "weights": ("r", "s") if events else ("X",),
    }


RULE = Rule(
    name="SDSP",
    part="bistable",
    title="bistable synapse moved by presynaptic spikes, voltage and calcium",
    papers=("Brader, Senn & Fusi (2007), doi:10.1162/neco.2007.19.11.2881",),
    build=build,
    parameters={
        "a": Parameter(None, "a", "jump up", 0, 1),
        "b": Parameter(None, "b", "jump down", 0, 1),
        "alpha": Parameter(None, "α", "drift up"),
        "beta": Parameter(None, "β", "drift down"),
        "theta_V": Parameter(None, "θ_V", "voltage that separates up from down"),
        "tau_C": Parameter(None, "τ_C", "time constant of calcium", 1, 1000),
        "theta_up_low": Parameter(None, "θ_up^l", "calcium above which X may jump up"),
        "theta_up_high": Parameter(None, "θ_up^h", "calcium below which X may jump up"),
        "theta_down_low": Parameter(None, "θ_down^l", "calcium above which X may jump down"),
        "theta_down_high": Parameter(None, "θ_down^h", "calcium below which X may jump down"),
        "J_C": Parameter(1.0, "J_C", "calcium by a postsynaptic spike"),
        "theta_X": Parameter(0.5, "θ_X", "X above which the synapse is strong", 0, 1),
        "X_max": Parameter(1.0, "X_max", "upper bound of X"),
        "w_0": Parameter(0.0, "J₋", "weight of a weak synapse", weight=True),
        "w_1": Parameter(1.0, "J₊", "weight of a strong synapse", weight=True),
    },
    options={"advance": tuple(STATE)},
    needs=("v",),
    neuron="LIF",
    trial={
        **{"a": 0.2, "b": 0.15, "alpha": 0.7 / second, "beta": 0.5 / second, "theta_V": -60 * mV, "tau_C": 60 * ms},
        **{"theta_up_low": 0.5, "theta_up_high": 5.0, "theta_down_low": 0.5, "theta_down_high": 3.0},
    },
)
