"""Spike-timing-dependent plasticity through an eligibility that dopamine turns into weight.

Sources
-------
E. M. Izhikevich, Cereb. Cortex 17:2443 (2007), doi:10.1093/cercor/bhl152. The numbers are those of the author's program for
figure 1 (daspnet.m), with time constants for its factors in a step (0.99 in 10 ms, 0.995 and 0.95 in 1 ms).

Symbols
-------
``c`` the eligibility, ``d`` the dopamine, ``x`` and ``y`` the traces of presynaptic and postsynaptic spikes:

    dc/dt = −c/τ_c + A₊ x δ(t − t_post) − A₋ y δ(t − t_pre),    dw/dt = c (d + d_0)/τ_w,    dd/dt = −d/τ_d + dopamine released.

The paper leaves out τ_w, in which dopamine of 1 would turn the eligibility into weight; in the program it is 10 ms. The program
adds to the weight each 10 ms, this rule at all times.

``dopamine``: ``events``, each spike of the population connected as the event ``dopamine`` releases ``release``; the equations are
linear between events and solved exactly. ``linked``: ``d`` is a variable of a population, ``link={"d": …}``; the weight is
advanced by exponential_euler, with the eligibility of the middle of a step and the dopamine of its start.

``pairing``: ``nearest``, each spike with the last one of the other side, as in the program, or ``all_to_all``.
``simultaneous``: what spikes of both sides in one step see of one another. With ``pre_first`` the presynaptic block comes first,
the postsynaptic one sees its trace; with ``apart`` neither sees the other.
``advance``: ``exact`` as said; or ``events``: what each step adds to the weight (its integral over the step; dopamine that is
linked is as at its end) is added up with the neuron and reaches a synapse at its next spike, which is much faster with many
synapses. The weight is within its bounds when it is transmitted, and goes on from there; who looks in between may see more.
Or ``euler``: eligibility, dopamine and weight by Euler's scheme, traces as before.

Conventions
-----------
NEST's stdp_dopamine_synapse: ``events``, ``all_to_all`` and ``apart``. Its dw/dt = c (n − b) in ms: τ_w is 1 ms, d_0 is −b, a
spike of dopamine releases 1/τ_n, τ_d is τ_n; τ₋ is that of its neuron. It brings the weight back to a bound at events only; here
it is within them at all times, which shows if n passes b between two events at a bound.

Brian2's example: ``events``, ``all_to_all`` and ``euler``, with d_0 = 0; τ_w is its taus. It clips the eligibility, and the
weight at spikes only; here the weight is within its bounds at all times, and the eligibility has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.library.simultaneous import seen
from bouton.model.blocks import dt
from bouton.units import ms, second

SPIKE = {"nearest": "= 1", "all_to_all": "+= 1"}
TRACES = "dc/dt = -c/tau_c : {unit}\ndx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1"


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    mark = SPIKE[options["pairing"]]
    x, y = (seen(options["simultaneous"], *trace) for trace in (("x", "tau_plus"), ("y", "tau_minus")))
    euler = options["advance"] == "euler"
    if options["advance"] == "events":
        return _by_events(options["dopamine"], mark, x, y)
    if options["dopamine"] == "linked":
        weight, product = "d : 1 (linked)\ndw/dt = c*(d + d_0)/tau_w", ""
    elif euler:
        weight, product = "dd/dt = -d/tau_d : 1\ndw/dt = c*(d + d_0)/tau_w", ""
    else:  # e is c·d, for which there is a linear equation
        weight = "dd/dt = -d/tau_d : 1\nde/dt = -e*(1/tau_c + 1/tau_d) : {unit}\ndw/dt = (e + c*d_0)/tau_w"
        product = "; e = c*d"
    texts: dict[str, Any] = {
        "equations": f"{weight} : {{unit}} (min=0, max=w_max)\n{TRACES}",
        "on_pre": f"transmit = w; c -= A_minus*{y}; x {mark}{product}",
        "on_post": f"c += A_plus*{x}; y {mark}{product}",
        "weights": ("w",),
    }
    if options["dopamine"] == "linked":
        return texts | {"method": {"w": "euler", "c": "euler"} if euler else {"w": "exponential_euler"}}
    texts["on_event"] = {"dopamine": f"d += release{product}"}
    return texts | ({"method": dict.fromkeys(("w", "c", "d"), "euler")} if euler else {})


EACH_STEP = "(exp(dt*{rate}) - 1)/{rate}"  # the integral of what decays over the step just gone, for each unit that is left of it


def _by_events(dopamine: str, mark: str, x: str, y: str) -> Mapping[str, Any]:
    """The texts with ``advance="events"``."""
    alone, together = (EACH_STEP.format(rate=f"({rate})") for rate in ("1/tau_c", "1/tau_c + 1/tau_d"))
    linked = dopamine == "linked"
    gained = f"c*(d + d_0)*{alone}" if linked else f"c*(d*{together} + d_0*{alone})"
    texts = {
        "equations": f"w : {{unit}}\n{'d : 1 (linked)' if linked else 'dd/dt = -d/tau_d : 1'}\n{TRACES}",
        "every": (dt, f"w += {gained}/tau_w"),
        "on_pre": f"w = clip(w, 0, w_max); transmit = w; c -= A_minus*{y}; x {mark}",
        "on_post": f"c += A_plus*{x}; y {mark}",
        "weights": ("w",),
    }
    return texts if linked else texts | {"on_event": {"dopamine": "d += release"}}


RULE = Rule(
    name="IzhikevichDopamine",
    part="dopamine",
    title="dopamine turns the eligibility that spikes leave into weight",
    papers=("Izhikevich (2007), doi:10.1093/cercor/bhl152",),
    build=build,
    parameters={
        "tau_c": Parameter(1 * second, "τ_c", "time constant of the eligibility", 0.1, 10),
        "tau_d": Parameter(0.2 * second, "τ_d", "time constant of dopamine", 0.01, 2),
        "tau_w": Parameter(10 * ms, "τ_w", "time in which dopamine of 1 turns the eligibility into weight", 1, 1000),
        "tau_plus": Parameter(20 * ms, "τ₊", "time constant of potentiation", 1, 200),
        "tau_minus": Parameter(20 * ms, "τ₋", "time constant of depression", 1, 200),
        "A_plus": Parameter(0.1, "A₊", "eligibility by a pair at once, presynaptic spike first", weight=True),
        "A_minus": Parameter(0.15, "A₋", "eligibility taken by a pair at once, postsynaptic spike first", weight=True),
        "d_0": Parameter(0.002, "d₀", "dopamine at rest"),
        "release": Parameter(0.5, "DA", "dopamine that an event releases"),
        "w_max": Parameter(4.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={
        "dopamine": ("events", "linked"),
        "pairing": tuple(SPIKE),
        "simultaneous": ("pre_first", "apart"),
        "advance": ("exact", "events", "euler"),
    },
    conventions={
        "nest": {"dopamine": "events", "pairing": "all_to_all", "simultaneous": "apart"},
        "brian2": {"dopamine": "events", "pairing": "all_to_all", "advance": "euler"},
    },
    sets={"izhikevich2007_figure1": {"dopamine": "events", "pairing": "nearest"}},
)
