"""What NEST's plastic synapses transmit at each presynaptic spike, for `bouton.validation.recorded`.

    python record_nest.py FOLDER [NAME …]

with a Python that has NEST and NumPy; it does not import bouton. The files say which versions they were made with. One synapse
between two parrot neurons is driven with irregular trains, seeds fixed, in which some spikes of both sides meet at the synapse
(post + delay = pre) and some are emitted in one step; a weight recorder notes what the synapse transmits. Clopath's rule has
a neuron of NEST in the place of the second parrot, of which voltages are noted in each step.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nest
import numpy as np

Arrays = dict[str, np.ndarray]
STEP, STEPS = 0.1, 2000  # ms, and within how many of them there are spikes
HOP = 0.1  # ms from a generator to the neuron that repeats its spikes
SHORT, LONG = 1.0, 2.3  # ms, delays


@dataclass(frozen=True)
class Case:
    """A synapse of NEST, and what it is called in bouton.

    ``synapse`` and ``neuron`` are parameters in NEST, of the synapse and of the neuron that keeps the postsynaptic traces;
    ``rule``, ``given`` and ``start`` are bouton's.
    """

    model: str
    rule: str
    delay: float
    weight: float
    synapse: Mapping[str, Any]
    given: Mapping[str, Any]
    neuron: Mapping[str, Any] = field(default_factory=dict)
    start: Mapping[str, Any] = field(default_factory=dict)


# --- STDP with pairs: NEST's size of a change is lambda·Wmax, depression alpha times that --------------------------------------

TAUS = {"tau_plus": "17 ms", "tau_minus": "34 ms"}


def pairs(
    model: str, pairing: str, dependence: str, delay: float, *, size: float = 0.08, ratio: float = 0.5, **mu: float
) -> Case:
    exponents = {"additive": (0.0, 0.0), "multiplicative": (1.0, 1.0), "van_rossum": (0.0, 1.0)}
    up, down = exponents.get(dependence, (mu.get("mu"), mu.get("mu")))
    synapse = {"tau_plus": 17.0, "lambda": size, "alpha": ratio, "mu_plus": up, "mu_minus": down, "Wmax": 80.0}
    given = {"pairing": pairing, "dependence": dependence, "A_plus": size, "A_minus": size * ratio, "w_max": 80.0, **TAUS, **mu}
    return Case(model, "PairSTDP", delay, 30.0, synapse, given, {"tau_minus": 34.0}, {"w": 30.0})


POWER = Case(
    "stdp_pl_synapse_hom",
    "PairSTDP",
    LONG,
    20.0,
    {"tau_plus": 17.0, "lambda": 0.05, "alpha": 0.2, "mu": 0.4},
    {"dependence": "power", "A_plus": 0.05, "A_minus": 0.05 * 0.2, "mu": 0.4, "w_0": 1.0, **TAUS},
    {"tau_minus": 34.0},
    {"w": 20.0},
)

# --- other rules ---------------------------------------------------------------------------------------------------------------


def triplets(delay: float, *, scale: float) -> Case:
    size = {"A2_plus": 0.4 * scale, "A3_plus": 0.6 * scale, "A2_minus": 0.3 * scale, "A3_minus": 0.15 * scale}
    names = dict(zip(("Aplus", "Aplus_triplet", "Aminus", "Aminus_triplet"), size.values(), strict=True))
    return Case(
        "stdp_triplet_synapse",
        "TripletSTDP",
        delay,
        5.0,
        {**names, "tau_plus": 17.0, "tau_plus_triplet": 105.0, "Wmax": 9.0},
        {**size, **TAUS, "tau_x": "105 ms", "tau_y": "120 ms", "w_max": 9.0},
        {"tau_minus": 34.0, "tau_minus_triplet": 120.0},
        {"w": 5.0},
    )


def inhibitory(delay: float, sign: float, alpha: float) -> Case:
    given = {"tau": "18 ms", "eta": 0.1, "rho_0": f"{alpha / (2 * 0.018)!r} Hz", "w_max": 1.5}
    given["sign"] = "positive" if sign > 0 else "negative"
    synapse = {"tau": 18.0, "eta": 0.1, "alpha": alpha, "Wmax": sign * 1.5}
    start = {"w": sign * 0.4}
    return Case("vogels_sprekeler_synapse", "VogelsInhibitory", delay, sign * 0.4, synapse, given, {"tau_minus": 18.0}, start)


def jonke(delay: float, up: float, down: float, offset: float) -> Case:
    synapse = {"lambda": 0.3, "alpha": 0.8, "beta": offset, "mu_plus": up, "mu_minus": down, "Wmax": 2.5, "tau_plus": 17.0}
    given = {"lambda_": 0.3, "alpha": 0.8, "beta": offset, "mu_plus": up, "mu_minus": down, "w_max": 2.5, **TAUS}
    return Case("jonke_synapse", "Jonke", delay, 1.0, synapse, given, {"tau_minus": 34.0}, {"w": 1.0})


def release(
    model: str, states: str, fac: float, *, delay: float, start: Mapping[str, float] | None = None, **state: float
) -> Case:
    """Short-term plasticity; in bouton it has no weight, so that NEST's is 1."""
    synapse = {"U": 0.3, "tau_rec": 130.0, "tau_fac": fac, **state}
    given = {"U": 0.3, "tau_rec": "130 ms", "states": states}
    if states == "three":
        synapse["tau_psc"], given["tau_in"] = 3.0, "3 ms"
    if fac == 0.0:
        given["facilitation"] = "none"
        synapse |= {"u": 0.3} if model == "tsodyks2_synapse" else {}
    else:
        given["tau_fac"] = f"{fac} ms"
        given["form"] = "facilitating" if states == "three" else "recovered"
        synapse.setdefault("u", 0.0 if states == "three" else 0.3)
    return Case(model, "TsodyksMarkram", delay, 1.0, synapse, given, start=start or {})


def dopamine(delay: float) -> Case:
    """dw/dt = c (n − b), n growing by 1/τ_n at a spike of dopamine, times in ms."""
    synapse = {"A_plus": 1.0, "A_minus": 0.45, "tau_plus": 17.0, "tau_c": 300.0, "tau_n": 80.0, "b": 0.01, "Wmax": 200.0}
    given = {"A_plus": 1.0, "A_minus": 0.45, **TAUS, "tau_c": "300 ms", "tau_d": "80 ms", "tau_w": "1 ms", "d_0": -0.01}
    given |= {"release": 1 / 80.0, "w_max": 200.0}
    return Case("stdp_dopamine_synapse", "IzhikevichDopamine", delay, 90.0, synapse, given, {"tau_minus": 34.0}, {"w": 90.0})


CASES = {
    "stdp_additive": pairs("stdp_synapse", "all_to_all", "additive", SHORT, size=0.15),
    "stdp_additive_late": pairs("stdp_synapse", "all_to_all", "additive", LONG, size=0.15),
    "stdp_multiplicative": pairs("stdp_synapse", "all_to_all", "multiplicative", SHORT),
    "stdp_guetig": pairs("stdp_synapse", "all_to_all", "guetig", LONG, size=0.12, mu=0.3),
    "stdp_van_rossum": pairs("stdp_synapse", "all_to_all", "van_rossum", SHORT, ratio=1.0),
    "stdp_pl": POWER,
    "stdp_nn_symm": pairs("stdp_nn_symm_synapse", "nearest_symmetric", "multiplicative", SHORT, size=0.2),
    "stdp_nn_symm_additive": pairs("stdp_nn_symm_synapse", "nearest_symmetric", "additive", LONG, size=0.15),
    "stdp_nn_restr": pairs("stdp_nn_restr_synapse", "nearest_reduced", "multiplicative", SHORT, size=0.2),
    "stdp_nn_restr_additive": pairs("stdp_nn_restr_synapse", "nearest_reduced", "additive", LONG, size=0.15),
    "stdp_nn_pre_centered": pairs("stdp_nn_pre_centered_synapse", "nearest_presynaptic", "multiplicative", SHORT, size=0.2),
    "stdp_nn_pre_centered_additive": pairs("stdp_nn_pre_centered_synapse", "nearest_presynaptic", "additive", LONG, size=0.15),
    "triplet": triplets(SHORT, scale=0.05),
    "triplet_bounds": triplets(LONG, scale=0.6),
    "vogels_positive": inhibitory(SHORT, 1.0, 4.5),
    "vogels_negative": inhibitory(LONG, -1.0, 7.0),
    "jonke": jonke(SHORT, -0.3, -0.6, 0.05),
    "jonke_offset": jonke(LONG, 0.3, -0.8, -0.5),
    "tsodyks": release("tsodyks_synapse", "three", 530.0, delay=LONG),
    "tsodyks_depressing": release("tsodyks_synapse", "three", 0.0, delay=SHORT),
    "tsodyks2": release("tsodyks2_synapse", "two", 530.0, delay=SHORT),
    "tsodyks2_depressing": release("tsodyks2_synapse", "two", 0.0, delay=SHORT),
    "tsodyks2_started": release(
        "tsodyks2_synapse", "two", 530.0, delay=LONG, start={"d_first": 0.4, "g_first": 0.2}, x=0.6, u=0.5
    ),
    "dopamine": dopamine(SHORT),
    "dopamine_late": dopamine(LONG),
}


def trains(seed: int, delay: float) -> tuple[np.ndarray, np.ndarray]:
    """Times of presynaptic and postsynaptic spikes, ms. The first ones are postsynaptic."""
    rng = np.random.default_rng(seed)
    pre = np.sort(rng.choice(np.arange(100, STEPS), 40, replace=False))
    meeting = rng.choice(pre, 7, replace=False) - round(delay / STEP)
    together = rng.choice(pre, 3, replace=False)
    others = rng.choice(np.arange(100, STEPS), 30, replace=False)
    post = np.unique(np.concatenate([[30, 60], meeting, together, others]))
    return pre * STEP, post * STEP


def prepare(step: float) -> None:
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = step


def repeater(times: np.ndarray, **parameters: Any) -> Any:
    """A parrot neuron that spikes at given times."""
    parrot = nest.Create("parrot_neuron", params=parameters)
    hop = max(HOP, nest.resolution)
    generator = nest.Create("spike_generator", params={"spike_times": np.round(times - hop, 6)})
    nest.Connect(generator, parrot, syn_spec={"delay": hop})
    return parrot


def spikes_of(neuron: Any) -> Any:
    recorder = nest.Create("spike_recorder")
    nest.Connect(neuron, recorder)
    return recorder


def times_of(recorder: Any) -> np.ndarray:
    return np.sort(np.round(np.asarray(recorder.get("events", "times")), 6))


def weights_of(recorder: Any) -> np.ndarray:
    events = recorder.get("events")
    return np.asarray(events["weights"])[np.argsort(events["times"], kind="stable")]


def play(case: Case, seed: int) -> Arrays:
    """Drive one synapse; returns the arrays of its file."""
    prepare(STEP)
    meant = trains(seed, case.delay)
    pre, post = repeater(meant[0]), repeater(meant[1], **case.neuron)
    recorder, spikes = nest.Create("weight_recorder"), [spikes_of(pre), spikes_of(post)]
    special, arrays = {}, Arrays()
    if case.model == "stdp_dopamine_synapse":
        rng = np.random.default_rng(seed + 500)
        times = np.union1d(
            rng.choice(np.arange(100, STEPS), 11, replace=False) * STEP, meant[0][20]
        )  # one with a presynaptic spike
        special["volume_transmitter"] = nest.Create("volume_transmitter")
        # The spike takes HOP to the transmitter, and counts from then on.
        nest.Connect(repeater(times - HOP), special["volume_transmitter"], syn_spec={"delay": HOP})
        arrays["dopamine_ms"] = times
    nest.CopyModel(case.model, "recorded", {"weight_recorder": recorder, "weight": case.weight, **case.synapse, **special})
    own = {"synapse_model": "recorded", "delay": case.delay, "weight": case.weight, "receptor_type": 1}
    nest.Connect(pre, post, syn_spec=own)
    nest.Simulate(STEPS * STEP + 10.0)
    found = [times_of(each) for each in spikes]
    for times, wanted in zip(found, meant, strict=True):
        np.testing.assert_allclose(times, wanted, atol=1e-6)
    value = weights_of(recorder)
    assert len(value) == len(meant[0])
    return arrays | {"pre_ms": found[0], "post_ms": found[1], "value": value}


def about(name: str, case: Case, arrays: Arrays) -> dict[str, Any]:
    """What the file says of itself."""
    said = {
        **common(case.model),
        "rule": case.rule,
        "given": {"convention": "nest", **case.given},
        "delay": f"{case.delay} ms",
        "variable": "received",
        "when": "transmitted",
        "start": dict(case.start),
        "dt": f"{STEP} ms",
        "duration": f"{STEPS * STEP + 10.0} ms",
        "limit": 1e-9,
    }
    if "dopamine_ms" in arrays:
        said["events"] = {"dopamine": "dopamine_ms"}
    return said


def common(model: str) -> dict[str, Any]:
    return {
        "system": "NEST",
        "version": nest.__version__,
        "numpy": np.__version__,
        "model": model,
        "provenance": "tests/reference/record_nest.py",
    }


# --- Clopath -------------------------------------------------------------------------------------------------------------------

COARSE, LENGTH = 0.5, 500  # ms, steps: voltages of each step are in the file
CELL_EQUATIONS = "v = v_now(t) : mV\nu_minus = u_minus_now(t) : mV\nu_plus = u_plus_now(t) : mV\nreceived : 1"


def voltage(delay: float, homeostasis: str, seed: int) -> tuple[Arrays, dict[str, Any]]:
    """A neuron that fires now and then, and a synapse onto it. Voltages are those that the synapse sees: after its delay, and
    the filtered ones also after the neuron's own, before which there are zeros."""
    prepare(COARSE)
    rng = np.random.default_rng(seed)
    own = {"A_LTD_const": homeostasis == "none", "tau_u_bar_bar": 60.0, "u_ref_squared": 3000.0, "I_e": 300.0}
    neuron = nest.Create("aeif_psc_delta_clopath", params=own)
    kicks = np.sort(rng.choice(np.arange(4, LENGTH - 4), 60, replace=False)) * COARSE
    generator = nest.Create("spike_generator", params={"spike_times": kicks, "spike_weights": rng.uniform(2.0, 18.0, len(kicks))})
    nest.Connect(generator, neuron, syn_spec={"delay": COARSE})
    times = np.sort(rng.choice(np.arange(2, LENGTH), 45, replace=False)) * COARSE
    pre = repeater(times)
    recorder, spikes, emitted = nest.Create("weight_recorder"), spikes_of(neuron), spikes_of(pre)
    meter = nest.Create(
        "multimeter", params={"record_from": ["V_m", "u_bar_minus", "u_bar_plus", "u_bar_bar"], "interval": COARSE}
    )
    nest.Connect(meter, neuron)
    nest.CopyModel("clopath_synapse", "recorded", {"weight_recorder": recorder, "tau_x": 15.0, "Wmax": 3.0, "Wmin": 0.0})
    nest.Connect(pre, neuron, syn_spec={"synapse_model": "recorded", "delay": delay, "weight": 2.0})
    nest.Simulate((LENGTH + 20) * COARSE)
    events, parameters = meter.get("events"), neuron.get()
    np.testing.assert_allclose(events["times"][:3], COARSE * np.arange(1, 4))
    rest, inner = parameters["E_L"], round(parameters["delay_u_bars"] / COARSE)

    def seen(values: np.ndarray, first: float, later: int = 0) -> np.ndarray:
        """Entry k is what the synapse sees at step k: noted ``later`` steps and the delay before, zeros for ``later`` steps."""
        shift = round(delay / COARSE)
        return np.concatenate([np.full(1 + shift, first), np.zeros(later), np.asarray(values)])[: LENGTH + 10]

    arrays = {
        "pre_ms": times_of(emitted),
        "post_ms": times_of(spikes),
        "value": weights_of(recorder),
        "v_now": seen(events["V_m"], rest),
        "u_minus_now": seen(events["u_bar_minus"], rest, inner),
        "u_plus_now": seen(events["u_bar_plus"], rest, inner),
    }
    equations, units = CELL_EQUATIONS, dict.fromkeys(("v_now", "u_minus_now", "u_plus_now"), "mV")
    if homeostasis == "square":
        arrays["u_square_now"] = seen(np.asarray(events["u_bar_bar"]) ** 2, 0.0)
        equations, units = f"{equations}\nu_square = u_square_now(t) : mV**2", {**units, "u_square_now": "mV**2"}
    given = {"convention": "nest", "homeostasis": homeostasis, "tau_x": "15 ms", "w_max": 3.0}
    given |= {"A_LTD": f"{parameters['A_LTD']}/mV", "A_LTP": f"{parameters['A_LTP']}/mV**2"}
    given |= {f"theta_{side}": f"{parameters[f'theta_{side}']} mV" for side in ("minus", "plus")}
    if homeostasis == "square":
        given["u_ref_square"] = f"{parameters['u_ref_squared']} mV**2"
    return arrays, {
        **common("clopath_synapse"),
        "rule": "Clopath",
        "given": given,
        "delay": f"{delay} ms",
        "variable": "received",
        "when": "transmitted",
        "start": {"w": 2.0},
        "dt": f"{COARSE} ms",
        "duration": f"{(LENGTH + 10) * COARSE} ms",
        "limit": 1e-9,
        "neuron": equations,
        "arrays": units,
    }


VOLTAGES = {"clopath": (1.0, "none"), "clopath_late": (2.5, "none"), "clopath_homeostasis": (1.0, "square")}


def main(folder: Path, chosen: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate([*CASES, *VOLTAGES], start=1):
        if chosen and name not in chosen:
            continue
        if name in CASES:
            arrays = play(CASES[name], seed)
            said = about(name, CASES[name], arrays)
        else:
            arrays, said = voltage(*VOLTAGES[name], seed)
        path = folder / f"nest_{name}.npz"
        np.savez_compressed(path, about=json.dumps(said), **arrays)
        value = arrays["value"]
        print(f"{path.name}: {path.stat().st_size} bytes, {len(value)} values from {value.min():.4g} to {value.max():.4g}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
