"""Plasticity of Bienenstock, Cooper and Munro: a synapse grows while its neuron fires above a threshold, and shrinks below it.

Sources
-------
E. L. Bienenstock, L. N. Cooper & P. W. Munro, J. Neurosci. 2:32 (1982), doi:10.1523/JNEUROSCI.02-01-00032.1982: the rule, and the
threshold that is a power of the mean activity.
N. Intrator & L. N. Cooper, Neural Netw. 5:3 (1992), doi:10.1016/S0893-6080(05)80003-6: the threshold that is the mean of the
square, as in the example of ANNarchy.
J.-P. Pfister & W. Gerstner, J. Neurosci. 26:9673 (2006), doi:10.1523/JNEUROSCI.1425-06.2006: its relation to triplets of spikes.

Symbols
-------
``x``, ``y`` the rates of presynaptic and postsynaptic spikes, estimated as traces: τ_x dx/dt = −x + Σ δ(t − t_pre), a spike
adds 1/τ_x; ``theta`` the threshold;

    dw/dt = η w₁ x y (y − θ),    0 ≤ w ≤ w_max.

``threshold``: ``sliding``, τ_θ dθ/dt = −θ + y²/y_0; ``power``, θ = m (m/y_0)^p of the mean τ_θ dm/dt = −m + y; or ``fixed``,
θ_0. Both kinds that slide are y at the rate y_0, and grow faster than y beyond. They begin at 0, where everything is
potentiated, unless ``theta`` (or ``m``) is given a value to start from. A threshold that is slower than what it makes of the
weights lets both oscillate.

``induction``: ``rates``, the equation; or ``spikes``, where a presynaptic spike stands for x and changes the weight by
η w₁ y (y − θ), which is the same on average, and nothing is done for a synapse in steps.

``advance``, of ``rates``: with ``steps`` the equation of each synapse is advanced by exponential_euler, with the traces of the
middle of a step, and the weight is within its bounds at all times. With ``events`` what each step adds (Euler's scheme, with
the traces of its end) is added up with the neuron, and reaches a synapse at its next presynaptic spike, which is much faster;
it is also then that the weight is brought back to its bounds. A sliding threshold is advanced in steps, with y of the middle of
a step.

What differs from the paper: it speaks of rates, which are here estimated from spikes. Since the estimate of a train has a
variance of rate/(2τ_y), the mean of y² is more than the squared rate, and so is what stands in the rule; the longer τ_y, the
less. There is no decay of the weight. The values of all parameters are choices of this library.

`TripletSTDP` is this rule on the average of independent trains, with what the paper calls the minimal set (A₂⁺ = A₃⁻ = 0): its
dw/dt = w_0 x y (A₃⁺ τ₊ τ_y y − A₂⁻ τ₋) has η = A₃⁺ τ₊ τ_y and the threshold θ = A₂⁻ τ₋/(A₃⁺ τ₊ τ_y), which slides if A₂⁻ does.

Spikes of both sides in one step: the presynaptic block comes first, with y of the spikes before. The weight is transmitted as
it is before this spike changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.library.rule import Parameter, Rule
from bouton.model.blocks import dt
from bouton.units import Hz, ms, second

THRESHOLD = {
    "sliding": "dtheta/dt = (y*y/y_0 - theta)/tau_theta : Hz",
    "power": "dm/dt = (y - m)/tau_theta : Hz\ntheta = m*(m/y_0)**p : Hz",
    "fixed": "theta = theta_0 : Hz",
}
BOUNDS = "{unit} (min=0, max=w_max)"


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant."""
    change = "eta*w_1*y*(y - theta)"
    traces = f"dy/dt = -y/tau_y : Hz\n{THRESHOLD[options['threshold']]}"
    if options["induction"] == "spikes":
        return {
            "equations": f"w : {BOUNDS}\n{traces}",
            "on_pre": f"transmit = w; w += {change}",
            "on_post": "y += 1/tau_y",
        }
    traces = f"dx/dt = -x/tau_x : Hz\n{traces}"
    if options["advance"] == "events":
        return {
            "equations": f"w : {{unit}}\n{traces}",
            "on_pre": "w = clip(w, 0, w_max); transmit = w; x += 1/tau_x",
            "on_post": "y += 1/tau_y",
            "every": (dt, f"w += {change}*x*dt"),
            "weights": ("w",),
        }
    return {
        "equations": f"dw/dt = {change}*x : {BOUNDS}\n{traces}",
        "on_pre": "transmit = w; x += 1/tau_x",
        "on_post": "y += 1/tau_y",
        "method": {"w": "exponential_euler"},
        "weights": ("w",),
    }


RULE = Rule(
    name="BCM",
    part="bcm",
    title="rate-based plasticity with a sliding threshold, on spikes",
    papers=(
        "Bienenstock, Cooper & Munro (1982), doi:10.1523/JNEUROSCI.02-01-00032.1982",
        "Intrator & Cooper (1992), doi:10.1016/S0893-6080(05)80003-6",
    ),
    build=build,
    parameters={
        "eta": Parameter(1e-6 * second**2, "η", "learning rate", 1e-9, 1e-3),
        "tau_x": Parameter(50 * ms, "τ_x", "time over which the presynaptic rate is estimated", 1, 1000),
        "tau_y": Parameter(50 * ms, "τ_y", "time over which the postsynaptic rate is estimated", 1, 1000),
        "tau_theta": Parameter(5 * second, "τ_θ", "time over which the threshold averages", 0.1, 1000),
        "y_0": Parameter(10 * Hz, "y₀", "rate at which a sliding threshold is the rate itself", 0.1, 100),
        "theta_0": Parameter(10 * Hz, "θ₀", "threshold that does not slide", 0.1, 100),
        "p": Parameter(1.0, "p", "exponent of the threshold", 0.1, 5),
        "w_1": Parameter(1.0, "w₁", "the weight that η is measured in", weight=True),
        "w_max": Parameter(1.0, "w_max", "upper bound of the weight", weight=True),
    },
    options={"threshold": tuple(THRESHOLD), "induction": ("rates", "spikes"), "advance": ("steps", "events")},
)
