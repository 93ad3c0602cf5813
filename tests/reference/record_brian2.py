"""What Brian2 does with given spikes: `PYTHON_OF_BRIAN2 record_brian2.py FOLDER`, written and run with version 2.9.0.

The equations are those that its documentation has for each rule, with numbers of our own. The postsynaptic cell adds up what it
receives in a step. Each block counts, so that the order of two in one step is Brian2's and not assumed here.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brian2 as b2
import numpy as np
from brian2 import ms, mV, second
from recorded_format import DT, STEPS, trains, write

b2.prefs.codegen.target = "numpy"
COUNTED = "\nplace : 1\npre_place : 1\npost_place : 1\npre_left : 1\npost_left : 1"


@dataclass(frozen=True)
class Case:
    """A rule as Brian2 runs it, and the arguments of the rule of the library that should do the same."""

    name: str
    model: str
    rule: str
    given: dict[str, Any]
    equations: str
    on_pre: str | dict[str, str]
    on_post: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    start: dict[str, Any] = field(default_factory=dict)
    here: dict[str, Any] = field(default_factory=dict)
    variable: str = "w"
    watched: str = "w"
    late: int = 0
    seed: int = 1
    method: str | None = None
    delays: dict[str, Any] = field(default_factory=dict)
    reward: str = ""
    cell: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)


def run(case: Case, folder: Path) -> None:
    """Drive one synapse and write what became of it."""
    b2.start_scope()
    b2.defaultclock.dt = DT * ms
    pre, post = trains(case.seed, case.late)
    fires = np.zeros(STEPS)
    fires[post] = 1
    values = {"train": b2.TimedArray(fires, dt=DT * ms), **case.values}
    source = b2.SpikeGeneratorGroup(1, np.zeros(len(pre), int), pre * DT * ms)
    cell = b2.NeuronGroup(1, f"received : 1\n{case.cell}", threshold="train(t) > 0.5", reset="", namespace=values)
    cell.run_regularly("received = 0", when="start")
    count = "\nplace += 1\n{side}_place = place\n{side}_left = {watched}"
    first, *others = case.on_pre.items() if isinstance(case.on_pre, dict) else [("pre", case.on_pre)]
    synapse = b2.Synapses(
        source,
        cell,
        case.equations + COUNTED,
        on_pre=dict([(first[0], first[1] + count.format(side="pre", watched=case.watched)), *others]),
        on_post=case.on_post + count.format(side="post", watched=case.watched),
        delay={first[0]: case.late * DT * ms, **case.delays},
        namespace=values,
        **({"method": case.method} if case.method else {}),
    )
    synapse.connect()
    for name, value in case.here.items():
        setattr(synapse, name, value)
    objects = [source, cell, *cell.contained_objects, synapse]
    arrays = dict(case.arrays)
    if case.reward:
        rewards = trains(case.seed + 100)[0][::6]
        arrays["third_ms"] = np.round(rewards * DT, 6)
        released = b2.SpikeGeneratorGroup(1, np.zeros(len(rewards), int), rewards * DT * ms)
        reward = b2.Synapses(released, synapse, on_pre=case.reward, namespace=values)
        reward.connect()
        objects += [released, reward]
    seen = b2.StateMonitor(synapse, ["place", "pre_place", "post_place", "pre_left", "post_left"], record=True, when="end")
    got = b2.StateMonitor(cell, "received", record=True, when="end")
    b2.Network(*objects, seen, got).run(STEPS * DT * ms)
    value = got.received[0][pre + case.late] if case.variable == "received" else in_order(seen)
    given = {"convention": "brian2", **case.given}
    about = {
        "system": "Brian2", "version": b2.__version__, "model": case.model, "provenance": "tests/reference/record_brian2.py",
        "rule": case.rule, "given": given, "delay": f"{case.late * DT:g} ms", "variable": case.variable,
        "when": "after" if case.variable == "w" else "transmitted",
        "start": case.start, "dt": "0.1 ms", "duration": f"{STEPS * DT:g} ms", "limit": 1e-9, **case.more,
    }  # fmt: skip
    write(folder, f"brian2_{case.name}", about, pre, post, value=value, **arrays)


def in_order(seen: b2.StateMonitor) -> np.ndarray:
    """What each block has left, in the order in which the blocks ran."""
    place = np.rint(np.diff(seen.place[0], prepend=0.0)).astype(int)
    left = {}
    for step in np.flatnonzero(place):
        for side in ("pre", "post"):
            count = int(getattr(seen, f"{side}_place")[0][step])
            if count > seen.place[0][step] - place[step]:
                left[count] = getattr(seen, f"{side}_left")[0][step]
    return np.array([left[count + 1] for count in range(len(left))])


def voltages(seed: int) -> dict[str, np.ndarray]:
    """In mV, constant for 2 ms: a voltage with a spike at each of the train's, and two that are not filtered from it."""
    rng = np.random.default_rng(seed)
    drawn = {name: np.repeat(np.round(rng.uniform(low, high, STEPS // 20)), 20) for name, low, high in RANGES}
    for step in trains(seed)[1]:
        drawn["v"][step : step + 20] = 20.0
    return drawn


RANGES = (("v", -72, -40), ("minus", -75, -60), ("plus", -75, -55))
PAIR = {
    "model": "Synapses, pair STDP",
    "rule": "PairSTDP",
    "given": {"tau_plus": "17 ms", "tau_minus": "34 ms", "A_plus": 0.02, "A_minus": 0.01, "w_max": 1.5},
    "equations": "w : 1\ndApre/dt = -Apre/taupre : 1 (event-driven)\ndApost/dt = -Apost/taupost : 1 (event-driven)",
    "on_pre": "received_post += w\nApre += dApre\nw = clip(w + Apost, 0, w_max)",
    "on_post": "Apost += dApost\nw = clip(w + Apre, 0, w_max)",
    "values": {"taupre": 17 * ms, "taupost": 34 * ms, "dApre": 0.02 * 1.5, "dApost": -0.01 * 1.5, "w_max": 1.5},
}
NEAREST = PAIR | {
    "model": "Synapses, pair STDP of nearest spikes, multiplicative",
    "given": PAIR["given"] | {"pairing": "nearest_symmetric", "dependence": "multiplicative"},
    "on_pre": "received_post += w\nApre = 1\nw = clip(w - 0.01*w*Apost, 0, w_max)",
    "on_post": "Apost = 1\nw = clip(w + 0.02*(w_max - w)*Apre, 0, w_max)",
}
TRIPLET = {
    "model": "Synapses, triplet STDP",
    "rule": "TripletSTDP",
    "given": {"tau_plus": "16.8 ms", "tau_minus": "33.7 ms", "tau_x": "101 ms", "tau_y": "125 ms", "w_max": 1.5}
    | {"A2_plus": 3e-3, "A3_plus": 3e-3, "A2_minus": 4e-3, "A3_minus": 2e-3},
    "equations": "w : 1\n"
    + "\n".join(f"d{trace}/dt = -{trace}/tau_{trace} : 1 (event-driven)" for trace in ("r1", "r2", "o1", "o2")),
    "on_pre": "received_post += w\nw = clip(w - o1*(A2m + A3m*r2), 0, w_max)\nr1 += 1\nr2 += 1",
    "on_post": "w = clip(w + r1*(A2p + A3p*o2), 0, w_max)\no1 += 1\no2 += 1",
    "values": {"tau_r1": 16.8 * ms, "tau_o1": 33.7 * ms, "tau_r2": 101 * ms, "tau_o2": 125 * ms, "w_max": 1.5}
    | {"A2p": 3e-3, "A3p": 3e-3, "A2m": 4e-3, "A3m": 2e-3},
}
VOGELS = {
    "model": "Synapses, inhibitory STDP",
    "rule": "VogelsInhibitory",
    "given": {"tau": "20 ms", "eta": 0.02, "rho_0": "200 Hz", "w_max": 0.6},
    "equations": "w : 1\ndApre/dt = -Apre/tau : 1 (event-driven)\ndApost/dt = -Apost/tau : 1 (event-driven)",
    "on_pre": "Apre += 1\nw = clip(w + (Apost - alpha)*eta, 0, w_max)\nreceived_post += w",
    "on_post": "Apost += 1\nw = clip(w + Apre*eta, 0, w_max)",
    "values": {"tau": 20 * ms, "alpha": 2 * 200 * 0.02, "eta": 0.02, "w_max": 0.6},
}
MARKRAM = {
    "model": "Synapses, short-term plasticity",
    "rule": "TsodyksMarkram",
    "equations": "du_S/dt = -Omega_f*u_S : 1 (event-driven)\ndx_S/dt = Omega_d*(1 - x_S) : 1 (event-driven)\nr_S : 1",
    "on_pre": "u_S += U_0*(1 - u_S)\nr_S = u_S*x_S\nx_S -= r_S\nreceived_post += r_S",
    "given": {"U": 0.15, "tau_fac": "530 ms", "tau_rec": "130 ms"},
    "values": {"U_0": 0.15, "Omega_f": 1 / (530 * ms), "Omega_d": 1 / (130 * ms)},
    "here": {"x_S": 1.0},
    "variable": "received",
}
RECOVERED = MARKRAM | {
    "model": "Synapses, short-term plasticity with u at U at rest",
    "equations": "du_S/dt = (U_0 - u_S)*Omega_f : 1 (event-driven)\ndx_S/dt = Omega_d*(1 - x_S) : 1 (event-driven)\nr_S : 1",
    "on_pre": "r_S = u_S*x_S\nx_S -= r_S\nu_S += U_0*(1 - u_S)\nreceived_post += r_S",
    "here": {"u_S": 0.15, "x_S": 1.0},
    "given": {"form": "recovered", **MARKRAM["given"]},
}
VOLTAGES = voltages(8)
CLOPATH = {
    "model": "Synapses, voltage-based STDP",
    "rule": "Clopath",
    "given": {"w_max": 2.0},
    "cell": "v = mV*given_v(t) : volt\nu_minus = mV*given_minus(t) : volt\nu_plus = mV*given_plus(t) : volt",
    "equations": "dw/dt = A_LTP*x*(v_post - theta_p)*int(v_post > theta_p)*(u_plus_post - theta_m)*int(u_plus_post > theta_m) : 1"
    " (clock-driven)\ndx/dt = -x/tau_x : Hz (clock-driven)",
    "on_pre": "received_post += w\nw = clip(w - A_LTD*(u_minus_post - theta_m)*int(u_minus_post > theta_m), 0, w_max)\n"
    "x += 1/tau_x",
    "method": "exponential_euler",
    "values": {"A_LTP": 8e-5 / mV**2, "A_LTD": 14e-5 / mV, "theta_p": -45.3 * mV, "theta_m": -70.6 * mV, "tau_x": 15 * ms}
    | {"w_max": 2.0, **{f"given_{name}": b2.TimedArray(array, dt=DT * ms) for name, array in VOLTAGES.items()}},
    "more": {
        "neuron": "received : 1\nv = given_v(t) : mV\nu_minus = given_minus(t) : mV\nu_plus = given_plus(t) : mV",
        "arrays": {f"given_{name}": "mV" for name in VOLTAGES},
    },
    "arrays": {f"given_{name}": array for name, array in VOLTAGES.items()},
    "variable": "received",
}
CALCIUM = {
    "model": "Synapses, calcium-based plasticity",
    "rule": "GraupnerBrunel",
    "given": {"tau": "5 s", "tau_Ca": "5 ms", "C_pre": 0.6, "C_post": 0.9},
    "equations": "drho/dt = (gamma_p*(1 - rho)*int(c > theta_p) - gamma_d*rho*int(c > theta_d)"
    " - rho*(1 - rho)*(rho_star - rho))/tau : 1 (clock-driven)\ndc/dt = -c/tau_Ca : 1 (clock-driven)",
    "on_pre": {"pre": "received_post += rho", "calcium": "c += C_pre"},
    "on_post": "c += C_post",
    "method": "heun",
    "delays": {"calcium": 13.7 * ms},
    "values": {"gamma_p": 321.808, "gamma_d": 200.0, "theta_p": 1.3, "theta_d": 1.0, "rho_star": 0.5, "tau": 5 * second}
    | {"tau_Ca": 5 * ms, "C_pre": 0.6, "C_post": 0.9},
    "watched": "rho",
    "variable": "received",
}
DOPAMINE = {
    "model": "Synapses, STDP modulated by dopamine",
    "rule": "IzhikevichDopamine",
    "given": {"tau_c": "300 ms", "tau_d": "100 ms", "d_0": 0.0, "w_max": 100.0, "A_plus": 0.1, "A_minus": 0.09, "release": 0.5},
    "equations": "dc/dt = -c/tau_c : 1 (clock-driven)\ndd/dt = -d/tau_d : 1 (clock-driven)\n"
    "ds/dt = c*d/tau_s : 1 (clock-driven)\ndApre/dt = -Apre/tau : 1 (event-driven)\ndApost/dt = -Apost/tau : 1 (event-driven)",
    "on_pre": "received_post += s\nApre += 0.1\nc = clip(c + Apost, -10, 10)",
    "on_post": "Apost -= 0.09\nc = clip(c + Apre, -10, 10)",
    "method": "euler",
    "values": {"tau_c": 300 * ms, "tau_d": 100 * ms, "tau_s": 10 * ms, "tau": 20 * ms, "released": 0.5},
    "reward": "d_post += released",
    "watched": "s",
    "more": {"events": {"dopamine": "third_ms"}},
    "variable": "received",
}
CASES = (
    Case("pair_stdp_additive", start={"w": 0.7}, here={"w": 0.7}, **PAIR),
    Case("pair_stdp_delayed", start={"w": 0.7}, here={"w": 0.7}, late=15, seed=2, variable="received", **PAIR),
    Case("pair_stdp_nearest", start={"w": 0.7}, here={"w": 0.7}, seed=18, **NEAREST),
    Case("triplet_stdp_hard", start={"w": 0.7}, here={"w": 0.7}, seed=3, **TRIPLET),
    Case("triplet_stdp_delayed", start={"w": 0.7}, here={"w": 0.7}, seed=4, late=15, variable="received", **TRIPLET),
    Case("vogels_inhibitory_hard", start={"w": 0.3}, here={"w": 0.3}, seed=5, **VOGELS),
    Case("vogels_inhibitory_delayed", start={"w": 0.3}, here={"w": 0.3}, seed=6, late=15, variable="received", **VOGELS),
    Case("tsodyks_markram_released", seed=7, watched="x_S", **MARKRAM),
    Case("tsodyks_markram_recovered", seed=7, watched="x_S", **RECOVERED),
    Case("clopath_voltages", start={"w": 0.7}, here={"w": 0.7}, seed=8, **CLOPATH),
    Case("graupner_brunel_cubic", start={"rho": 0.4}, here={"rho": 0.4}, seed=9, **CALCIUM),
    Case("izhikevich_dopamine_released", start={"w": 10.0}, here={"s": 10.0}, seed=10, **DOPAMINE),
)


if __name__ == "__main__":
    for each in CASES:
        run(each, Path(sys.argv[1]))
