"""Inhibitory plasticity gated by the rate of a population: a symmetric window whose sign is that of the rate's deviation.

Sources
-------
F. Zenke, E. J. Agnes & W. Gerstner, Nat. Commun. 6:6922 (2015), doi:10.1038/ncomms7922. Equations and numbers are those of the
authors' program for its figure 3 (github.com/fzenke/pub2015orchestrated: GlobalPFConnection, sim_rc_p10c, globalvars.sh).

Symbols
-------
``x``, ``y`` the traces of presynaptic and postsynaptic spikes; ``w`` the weight; ``H`` the secreted factor, a low-pass filtered
mean rate of the postsynaptic population, and ``gamma`` its target:

    dH/dt = −H/τ_H + Σ_k δ(t − t_k)/(N τ_H),    G = H/γ − 1,
    Δw = η G (y + 1) at a presynaptic spike, η G x at a postsynaptic one.

While the population fires too much every pair strengthens inhibition, and while it fires too little every pair weakens it, in
either order, as does each presynaptic spike alone. ``eta`` is measured like the weight. (G is the program's; with the paper's,
H − γ, η has another unit.)

``factor``: ``linked``, H is a variable of a population of one neuron, which the spikes of all N cells reach, ``link={"H": …}``:

    secreted = net.add(bt.Population(1, bt.NeuronModel("dH/dt = -H/(10*second) : Hz"), H=4 * bt.units.Hz))
    net.connect(cells, secreted, bt.SynapseModel(on_pre="H_post += 1/(N*10*second)", parameters={"N": len(cells)}))

``events``, each spike of the population connected as the event ``secretion`` adds 1/(N τ_H) to H in the synapses: that of a
population of one neuron in all of them, or those of the postsynaptic cells in their own, with N = 1 a target for the rate of each
cell. H starts from 0 unless it is given another value (in the program from γ).

A presynaptic spike sees H without the spikes of its step. So does a postsynaptic one with ``events``; a linked H has received
those that reach it without delay.

``sign`` and ``simultaneous`` are those of `VogelsInhibitory`: ``negative`` for weights from -w_max to 0; with ``pre_first`` the
presynaptic block comes first and the postsynaptic one sees its trace, with ``apart`` (as in the program) neither side sees a
spike of this step of the other. The weight is transmitted as it is before this spike changes it. Both bounds hold at spikes of
both sides; in the program the lower one holds at presynaptic, the upper one at postsynaptic spikes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.library.simultaneous import seen
from bouton.units import Hz, ms, second

SIGN = {"positive": ("min=0, max=w_max", "+="), "negative": ("min=-w_max, max=0", "-=")}
FACTOR: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "linked": ("H : Hz (linked)", {}),
    "events": ("dH/dt = -H/tau_H : Hz", {"on_event": {"secretion": "H += 1/(N*tau_H)"}}),
}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    bounds, add = SIGN[options["sign"]]
    x, y = (seen(options["simultaneous"], trace, "tau") for trace in ("x", "y"))
    factor, event = FACTOR[options["factor"]]
    return {
        "equations": f"""
            w : {{unit}} ({bounds})
            {factor}
            G = H/gamma - 1 : 1
            dx/dt = -x/tau : 1
            dy/dt = -y/tau : 1""",
        "on_pre": f"transmit = w; w {add} eta*G*({y} + 1); x += 1",
        "on_post": f"w {add} eta*G*{x}; y += 1",
        **event,
    }


RULE = Rule(
    name="ZenkeInhibitory",
    part="gated",
    title="inhibitory plasticity gated by a population's rate",
    papers=("Zenke, Agnes & Gerstner (2015), doi:10.1038/ncomms7922",),
    build=build,
    parameters={
        "tau": Parameter(20 * ms, "τ_iSTDP", "time constant of both traces", 1, 200),
        "eta": Parameter(2e-5, "η", "potentiation by a pair at once while the population fires at twice its target", weight=True),
        "gamma": Parameter(4 * Hz, "γ", "target of the population's mean rate", 0.1, 100),
        "tau_H": Parameter(10 * second, "τ_H", "time over which the rate is averaged", 0.1, 1000),
        "N": Parameter(4096.0, "N", "number of cells in the population", 1, 1e6),
        "w_max": Parameter(5.0, "w_max", "upper bound of the weight's magnitude", weight=True),
    },
    options={"factor": tuple(FACTOR), "sign": tuple(SIGN), "simultaneous": ("pre_first", "apart")},
    sets={"zenke2015_figure3": {"factor": "linked", "simultaneous": "apart"}},
)
