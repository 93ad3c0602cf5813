"""Calcium-based plasticity: the efficacy falls and rises while calcium is above a threshold of each.

Sources
-------
M. Graupner & N. Brunel, Proc. Natl. Acad. Sci. USA 109:3991 (2012), doi:10.1073/pnas.1109359109, and its correction (the noise),
doi:10.1073/pnas.1220044110. The sets are those of table S1 and of the fits to hippocampal and cortical data, with the digits of
the authors' own code (github.com/mgraupe/CalciumBasedPlasticityModel); delays are rounded to 0.1 ms (of 18.8008 and 4.6098 ms).
The flat potential: D. Higgins, M. Graupner & N. Brunel, PLoS Comput. Biol. 10:e1003834 (2014), doi:10.1371/journal.pcbi.1003834.

Symbols
-------
``c`` the calcium, to which a postsynaptic spike adds C_post, and a presynaptic one C_pre after the delay D; ``rho`` the efficacy,

    τ dρ/dt = −ρ(1 − ρ)(ρ* − ρ) + γ_p (1 − ρ) Θ(c − θ_p) − γ_d ρ Θ(c − θ_d) + σ √τ √(Θ(c − θ_d) + Θ(c − θ_p)) η(t).

What is transmitted is w = w_0 + ρ (w_1 − w_0), as it is when the spike arrives: its own calcium comes later, or acts later.

``potential``: ``cubic`` as in the equation, with two stable states at rest, or ``flat``, without the first term. ``noise``:
``none``, or ``white`` for the last term. D is fixed when a simulation is made.

``advance`` says how the thresholds are crossed, for which there are no events. ``steps``: the efficacy is advanced in each step,
by exponential_euler (flat), rk4 (cubic) or euler_maruyama (noise). Each crossing is rounded to a step or a part of one, and the
error of each is of the order of γ dt/τ. ``events``, for the flat potential without noise: the decay of calcium is known, hence
the time above each threshold, and the efficacy is brought up to date in closed form at spikes, without any error in time. Its
state is then ``r``, ``k`` and ``s``, the efficacy, the calcium and the time of the last spike; ``rho`` and ``c`` follow from
them, are right at any moment, and cannot be set: start with ``r=``. With learning off, the calcium that is there
has its effect, and no more comes. With the cubic potential ``events`` takes the same exact intervals between crossings, and in
each, by Strang's splitting, the closed form of the other terms between two half steps of rk4 with the cubic one: an error of
second order in the length T of the interval, about (T γ/τ)²·T/(24 τ) for each; ``r`` and the weight are those of the last spike.
``euler``: as ``steps``, but efficacy and calcium by Euler's scheme.

Calcium of both sides in one step adds up; their order changes nothing. Calcium at a threshold is not above it.

Conventions
-----------
Brian2's example, without noise: ``euler``, which is what its method heun makes of the drift; D is the delay of its presynaptic
block. What a spike transmits has no such delay here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bouton.errors import Code, NetworkError
from bouton.library.rule import Parameter, Rule
from bouton.units import ms, second

CUBIC = "rho*(1 - rho)*(rho_star - rho)"
NOISE = "sigma*sqrt(up + down)*xi/sqrt(tau)"
SCHEMES = {("flat", "none"): "exponential_euler", ("cubic", "none"): "rk4"}
INTERVALS = """
goal = gamma_p/(gamma_p + gamma_d) : 1
both = minimum(above_p, above_d) : second
above_p = minimum(t - s, tau_Ca*log(maximum(k/theta_p, 1))) : second
above_d = minimum(t - s, tau_Ca*log(maximum(k/theta_d, 1))) : second
c = k*exp(-(t - s)/tau_Ca) : 1
r : 1
k : 1
s : second
"""
ABOVE_BOTH = "goal + ({} - goal)*exp(-both*(gamma_p + gamma_d)/tau)"  # the efficacy after calcium was above both thresholds,
ABOVE_ONE = "1 - (1 - {}*exp(-(above_d - both)*gamma_d/tau))*exp(-(above_p - both)*gamma_p/tau)"  # and above one, flat potential
FLAT = f"rho = {ABOVE_ONE.format('near')} : 1\nnear = {ABOVE_BOTH.format('r')} : 1{INTERVALS}"
TIMES = (
    "0.5*both",
    "0.5*both",
    "0.5*(above_p + above_d - 2*both)",
    "0.5*(above_p + above_d - 2*both)",
    "t - s - maximum(above_p, above_d)",
)
"""How long the cubic term acts, before and after each closed form of the other terms, and at last alone."""


def schemes(options: Mapping[str, str]) -> Mapping[str, str]:
    """How what is advanced in steps is."""
    scheme = SCHEMES.get((options["potential"], options["noise"]), "euler_maruyama")
    if options["advance"] == "steps":
        return {"rho": scheme}
    return {"rho": "euler" if options["noise"] == "none" else scheme, "c": "euler"}


def build(options: Mapping[str, str]) -> Mapping[str, Any]:
    """The texts of a variant. Raises NetworkError (E401) for events where the closed form does not hold."""
    potential, noise = options["potential"], options["noise"]
    events = options["advance"] == "events"
    if events and noise != "none":
        raise NetworkError(
            Code.BAD_VALUE,
            f"events with noise={noise!r}",
            where="bt.rules.GraupnerBrunel",
            expected="noise='none', for which the efficacy is known between events",
        )
    if events and potential == "cubic":
        return intervals()
    weight = "w = w_0 + rho*(w_1 - w_0) : {unit}"
    if events:
        equations, rise = FLAT, "r = rho; k = c + {}; s = t"
    else:
        drift = f"(gamma_p*(1 - rho)*up - gamma_d*rho*down{'' if potential == 'flat' else f' - {CUBIC}'})/tau"
        equations, rise = (
            f"drho/dt = {drift}{'' if noise == 'none' else f' + {NOISE}'} : 1\n"
            "dc/dt = -c/tau_Ca : 1\nup = where(c > theta_p, 1, 0) : 1\ndown = where(c > theta_d, 1, 0) : 1",
            "c += {}",
        )
    return {
        "equations": f"{weight}\n{equations}",
        "on_pre": {"on_pre": "transmit = w", "calcium": rise.format("C_pre")},
        "on_post": rise.format("C_post"),
        "delays": {"calcium": "D"},
        "method": None if events else schemes(options),
        "weights": ("r", "k", "s") if events else ("rho",),
    }


def intervals() -> Mapping[str, Any]:
    """The texts for the cubic potential between events: each interval between crossings by Strang's splitting."""
    lines, rho = [], "r"
    for number, time in enumerate(TIMES):
        lines += _cubic(number, rho, time)
        rho = f"a{number}"
        if number in {0, 2}:
            lines.append(f"b{number} = {(ABOVE_BOTH if number == 0 else ABOVE_ONE).format(rho)}")
            rho = f"b{number}"
    now = "; ".join(lines)
    rise = f"{now}; k = c + {{}}; r = {rho}; s = t"
    return {
        "equations": f"w = w_0 + r*(w_1 - w_0) : {{unit}}{INTERVALS}",
        "on_pre": {"on_pre": f"{now}; transmit = w_0 + {rho}*(w_1 - w_0)", "calcium": rise.format("C_pre")},
        "on_post": rise.format("C_post"),
        "delays": {"calcium": "D"},
        "weights": ("r", "k", "s"),
    }


def _cubic(number: int, rho: str, time: str) -> list[str]:
    """One step of rk4 with the cubic term alone, which is slow."""

    def slope(at: str) -> str:
        return f"-({at})*(1 - ({at}))*(rho_star - ({at}))"

    h = f"h{number}"
    names = [f"{word}{number}" for word in ("p", "q", "u", "v")]
    p, q, u, v = names
    return [
        f"{h} = ({time})/tau",
        f"{p} = {slope(rho)}",
        f"{q} = {slope(f'{rho} + 0.5*{h}*{p}')}",
        f"{u} = {slope(f'{rho} + 0.5*{h}*{q}')}",
        f"{v} = {slope(f'{rho} + {h}*{u}')}",
        f"a{number} = {rho} + {h}*({p} + 2*{q} + 2*{u} + {v})/6",
    ]


def _case(D: float, C_pre: float, C_post: float, theta_p: float, gamma_d: float, gamma_p: float, sigma: float = 2.8284) -> Any:
    """A row of table S1; what its rows have in common are the defaults."""
    return {
        "D": D * ms, "C_pre": C_pre, "C_post": C_post, "theta_p": theta_p,
        "gamma_d": gamma_d, "gamma_p": gamma_p, "noise": "white", "sigma": sigma,
    }  # fmt: skip


RULE = Rule(
    name="GraupnerBrunel",
    part="calcium",
    title="calcium-based plasticity with thresholds of depression and potentiation",
    papers=(
        "Graupner & Brunel (2012), doi:10.1073/pnas.1109359109",
        "Higgins, Graupner & Brunel (2014), doi:10.1371/journal.pcbi.1003834",
    ),
    build=build,
    parameters={
        "tau": Parameter(150 * second, "τ", "time constant of the efficacy", 10, 3000),
        "tau_Ca": Parameter(20 * ms, "τ_Ca", "time constant of calcium", 1, 100),
        "D": Parameter(13.7 * ms, "D", "time from a presynaptic spike to its calcium", 0, 50),
        "C_pre": Parameter(1.0, "C_pre", "calcium by a presynaptic spike", 0.1, 20),
        "C_post": Parameter(2.0, "C_post", "calcium by a postsynaptic spike", 0.1, 50),
        "theta_d": Parameter(1.0, "θ_d", "calcium above which the efficacy falls"),
        "theta_p": Parameter(1.3, "θ_p", "calcium above which the efficacy rises"),
        "gamma_d": Parameter(200.0, "γ_d", "speed of depression", 5, 5000),
        "gamma_p": Parameter(321.808, "γ_p", "speed of potentiation", 5, 2500),
        "rho_star": Parameter(0.5, "ρ*", "efficacy between the two stable ones"),
        "sigma": Parameter(2.8284, "σ", "strength of the noise", 0, 20),
        "w_0": Parameter(0.0, "w₀", "weight at efficacy 0", weight=True),
        "w_1": Parameter(1.0, "w₁", "weight at efficacy 1", weight=True),
    },
    options={
        "potential": ("cubic", "flat"),
        "noise": ("none", "white"),
        "advance": ("steps", "events", "euler"),
    },
    sets={
        "graupner2012_tableS1_DP": _case(13.7, 1.0, 2.0, 1.3, 200.0, 321.808),
        "graupner2012_tableS1_DPD": _case(4.6, 0.9, 0.9, 1.3, 250.0, 550.0),
        "graupner2012_tableS1_DPD_prime": _case(2.2, 1.0, 2.0, 2.5, 50.0, 600.0),
        "graupner2012_tableS1_P": _case(0.0, 2.0, 2.0, 1.3, 160.0, 257.447),
        "graupner2012_tableS1_D": _case(0.0, 0.6, 0.6, 1.3, 500.0, 550.0, 5.6568),
        "graupner2012_tableS1_D_prime": _case(0.0, 1.0, 2.0, 3.5, 60.0, 600.0),
        "graupner2012_hippocampal_slices": _case(18.8, 1.0, 0.275865, 1.3, 313.0965, 1645.59, 9.1844)
        | {"tau_Ca": 48.8373 * ms, "tau": 688.355 * second},
        "graupner2012_hippocampal_cultures": _case(10.0, 0.58156, 1.76444, 1.3, 61.141, 113.6545, 2.5654)
        | {"tau_Ca": 11.9536 * ms, "tau": 33.7596 * second},
        "graupner2012_cortical_slices": _case(4.6, 0.5617539, 1.23964, 1.3, 331.909, 725.085, 3.3501)
        | {"tau_Ca": 22.6936 * ms, "tau": 346.3615 * second},
    },
    conventions={"brian2": {"advance": "euler"}},
)
