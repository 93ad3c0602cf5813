"""Triplet plasticity that two terms of one side hold in check, and a reference weight that consolidates what they leave.

Sources
-------
F. Zenke, E. J. Agnes & W. Gerstner, Nat. Commun. 6:6922 (2015), doi:10.1038/ncomms7922. Equations and numbers are those of the
authors' program (github.com/fzenke/pub2015orchestrated): P10Connection, sim_rc_p10c and the scripts for figure 3;
for the sliding threshold P11Connection and sim_rc_p11.

Symbols
-------
``x`` the trace of presynaptic spikes, ``y`` and ``z`` the fast and the slow one of postsynaptic spikes; ``w`` the weight,
``w_ref`` (the paper's w with a tilde) the reference that it is drawn back to:

    Δw = δ − B y                          at a presynaptic spike: transmitter-induced growth, depression by a pair
    Δw = A x z − β (w − w_ref) y³          at a postsynaptic spike: potentiation by a triplet, heterosynaptic return
    τ_cons dw_ref/dt = w − w_ref − P w_ref (w_P/2 − w_ref)(w_P − w_ref),    P = 64 p/(3 w_P³)

with y and z as they are before this spike is added to them. The potential of the reference has minima at 0 and ``w_P``; ``p`` is
how hard it pulls at w_P/4 (at w_P = 0.5 the program's 0.1 is P = 17.07). A, B, δ and p are measured like the weight, β is a
number. After a burst the return may overshoot: where β y³ > 1 the weight ends on the other side of w_ref.

``transmitter``, ``heterosynaptic``: ``off`` leaves out the term. ``threshold``: ``fixed``, or ``sliding``, with B (ν/κ)² in the
place of B and ``nu``, ν, the neuron's rate averaged over τ_hom, from 0 unless it is given another value (in the program 1 Hz).

``consolidation``: ``intervals``, the reference moves at multiples of ``interval``, from t = 0, by Euler's method, as in the
program; the error is of the order of interval/τ_cons. ``steps``, in each step, by rk4 with the weight of the step's start.
``off``, it stays where it is put (``w_ref=…``). It starts from 0. With learning off, weight and reference stay.

``simultaneous``: with ``pre_first`` the presynaptic block comes first and the postsynaptic one sees its trace x, with ``apart``
(as in the program) neither sees a spike of this step of the other. The weight is transmitted as it is before this spike changes
it. The bounds, 0 and ``w_max``, hold at all spikes; in the program the upper one at postsynaptic spikes only. The program's
short-term plasticity is a rule of its own, to be composed with this one (`TsodyksMarkram`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.library.simultaneous import seen
from bouton.units import Hz, ms, second

THRESHOLD = {  # the factor of depression, its equation, what a postsynaptic spike adds
    "fixed": ("B", "", ""),
    "sliding": ("B*(nu/kappa)**2", "\ndnu/dt = -nu/tau_hom : Hz", "; nu += 1/tau_hom"),
}
TRANSMITTER = {"on": "delta - ", "off": "-"}
HETEROSYNAPTIC = {"on": " - beta*(w - w_ref)*y**3", "off": ""}
PULL = "(w - w_ref - 64*p/(3*w_P**3)*w_ref*(w_P/2 - w_ref)*(w_P - w_ref))"
REFERENCE = {
    "intervals": "w_ref : {unit}",
    "steps": f"dw_ref/dt = {PULL}/tau_cons : {{unit}}",
    "off": "w_ref : {unit} (constant)",
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    x, y = (seen(options["simultaneous"], *trace) for trace in (("x", "tau_plus"), ("y", "tau_minus")))
    factor, rate, spike = THRESHOLD[options["threshold"]]
    consolidation = options["consolidation"]
    fixed = consolidation == "off"
    unused = fixed and options["heterosynaptic"] == "off"
    texts: dict[str, Any] = {
        "equations": f"""
            w : {{unit}} (min=0, max=w_max)
            {"" if unused else REFERENCE[consolidation]}
            dx/dt = -x/tau_plus : 1
            dy/dt = -y/tau_minus : 1
            dz/dt = -z/tau_slow : 1{rate}""",
        "on_pre": f"transmit = w; w += {TRANSMITTER[options['transmitter']]}{factor}*{y}; x += 1",
        "on_post": f"w += A*{x}*z{HETEROSYNAPTIC[options['heterosynaptic']]}; y += 1; z += 1{spike}",
        "weights": ("w",) if fixed else ("w", "w_ref"),
    }
    if consolidation == "steps":
        texts["method"] = {"w_ref": "rk4"}
    if consolidation == "intervals":
        texts["every"] = ("interval", f"w_ref += interval/tau_cons*{PULL}")
    return texts


RULE = Rule(
    name="ZenkeConsolidation",
    part="orchestrated",
    title="triplet, heterosynaptic and transmitter-induced plasticity with consolidation",
    papers=("Zenke, Agnes & Gerstner (2015), doi:10.1038/ncomms7922",),
    build=build,
    parameters={
        "tau_plus": Parameter(20 * ms, "τ⁺", "time constant of the presynaptic trace", 1, 200),
        "tau_minus": Parameter(20 * ms, "τ⁻", "time constant of the fast postsynaptic trace", 1, 200),
        "tau_slow": Parameter(100 * ms, "τ_slow", "time constant of the slow postsynaptic trace", 1, 2000),
        "tau_cons": Parameter(1200 * second, "τ_cons", "time constant of the reference weight", 1, 1e4),
        "interval": Parameter(1.2 * second, "T", "time between two moves of the reference", 0.01, 100),
        "tau_hom": Parameter(600 * second, "τ_hom", "time over which the rate of the sliding threshold is averaged", 1, 1e4),
        "kappa": Parameter(10 * Hz, "κ", "rate at which the sliding threshold is the fixed one", 0.1, 100),
        "A": Parameter(1e-3, "A", "potentiation by a triplet post-pre-post at once", 0, 0.1, weight=True),
        "B": Parameter(1e-3, "B", "depression by a pair at once, postsynaptic spike first", 0, 0.1, weight=True),
        "delta": Parameter(2e-5, "δ", "growth by a presynaptic spike", 0, 0.01, weight=True),
        "beta": Parameter(0.05, "β", "share of the distance to the reference that a postsynaptic spike takes back", 0, 1),
        "p": Parameter(0.1, "p", "strength of the reference's potential at w_P/4", 0, 1, weight=True),
        "w_P": Parameter(0.5, "w_P", "upper state of the reference", weight=True),
        "w_max": Parameter(5.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={
        "consolidation": tuple(REFERENCE),
        "heterosynaptic": tuple(HETEROSYNAPTIC),
        "transmitter": tuple(TRANSMITTER),
        "threshold": tuple(THRESHOLD),
        "simultaneous": ("pre_first", "apart"),
    },
    sets={
        "zenke2015_figure3": {"simultaneous": "apart"},
        "zenke2015_program_sliding_threshold": {"simultaneous": "apart", "threshold": "sliding"},
    },
)
