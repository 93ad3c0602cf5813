"""Any name will do: variables called like units, functions of mathematics, or what kernels call their own things."""

import re
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.units import Hz, ms

ROLES = (
    *("neuron_variable", "neuron_constant", "neuron_parameter", "neuron_expression", "neuron_local"),
    *("synapse_variable", "synapse_trace", "synapse_constant", "synapse_parameter", "synapse_expression", "synapse_local"),
    *("block", "neuron_model", "synapse_model", "population", "projection", "rate_parameter"),
)
OBJECTS = frozenset({"block", "neuron_model", "synapse_model", "population", "projection"})
NEUTRAL = dict(zip(ROLES, (f"{letter}{letter}_" for letter in "abcdefghijklmnopq"), strict=True))

CLASHES = re.findall(
    r"\w+",
    """
    I E S N gamma beta zeta pi_ e s m A C lambda_ exp_ log_ abs_ where_ max_ True_
    n i j k p x y t_ age step clock first last count counts spikes width depth mask row place at key group groups
    previous repeat permutation pre post source weights offsets entry cursor number period start rate table ages
    math range njit float int len sum min_ print id type np numpy numba object str
    self_ begin stop advance oldest uniform normal decay minimum_ geometric take_spikes take_samples is_full
    found chunk more single double f4 few ahead scratch FEW MEAN_LIMIT LATEST pending since when
    prefetch_line at_next beginning following first_since uniform_pair pair first_steps low high bits gap draws
    positions samples elements spike_counts logs root_dt delay network dendritic_ log_i4 state_f8 dt_ draw_0 rand_
    aa__next P_aa__aa_ aa__past k1_aa_ aa__2 bb__pre aa__post aa_ cc_ gg__before_count gg__before_steps synapses
""",
)


DANGEROUS = (
    "n",
    "i",
    "lambda_",
    "gamma",
    "k",
    "spikes",
    "j",
    "p",
    "last",
    "first",
    "age",
    "step",
    "count",
    "clock",
    "I",
    "E",
    "N",
)


def texts(names: dict[str, str]) -> dict[str, str]:
    """The network's texts with a name in each role."""
    forms = {
        "neuron": "d{neuron_variable}/dt = "
        "({neuron_expression}*{neuron_constant} + xx - {neuron_variable})/{neuron_parameter} : 1\n"
        "{neuron_constant} : 1 (constant)\n"
        "{neuron_expression} = sqrt(abs({neuron_variable})) + {neuron_constant} : 1\n"
        "dxx/dt = -xx/(5*ms) : 1",
        "threshold": "{neuron_variable} > 1.2 and {neuron_variable}(t-dt) > 0.1",
        "reset": "{neuron_local} = {neuron_variable}*0.1; {neuron_variable} = {neuron_local}; xx += {neuron_local}",
        "synapse": "{synapse_variable} : 1\n"
        "d{synapse_trace}/dt = -{synapse_trace}/{synapse_parameter} : 1\n"
        "{synapse_constant} : 1 (constant)\n"
        "{synapse_expression} = {synapse_variable}*{synapse_constant} : 1",
        "on_pre": "{synapse_local} = clip({synapse_expression}, 0, 2) + 0.1*{neuron_variable}_post; "
        "{neuron_variable}_post += {synapse_local}*0.3; {synapse_trace} += 1",
        "on_post": "{synapse_variable} = clip({synapse_variable} + 0.01*{synapse_trace} + 0.001*rand(), 0, 3)",
        "rate": "{rate_parameter}*(1 + sin(t/ms))",
    }
    return {what: form.format(**names) for what, form in forms.items()}


def run(names: dict[str, str], backend: str) -> list[Any]:
    """What a network does in which everything has the names given."""
    text = texts(names)
    neuron = bt.NeuronModel(
        text["neuron"],
        threshold=text["threshold"],
        reset=text["reset"],
        refractory=1 * ms,
        method="euler",
        parameters={names["neuron_parameter"]: 10 * ms},
        name=names["neuron_model"],
    )
    synapse = bt.SynapseModel(
        text["synapse"],
        on_pre={names["block"]: text["on_pre"]},
        on_post=text["on_post"],
        parameters={names["synapse_parameter"]: 8 * ms},
        name=names["synapse_model"],
    )
    net = bt.Network()
    source = bt.Poisson(4, rate=text["rate"], parameters={names["rate_parameter"]: 300 * Hz})
    net.add(source, name=names["population"])
    values: dict[str, Any] = {names["neuron_constant"]: [0.9, 1.0, 1.1], names["neuron_variable"]: 0.5}
    cells = net.add(bt.Population(3, neuron, **values), name=names["population"] + "2")
    values = {names["synapse_variable"]: 1.0, names["synapse_constant"]: [0.5, 0.6, 0.7] * 4}
    proj = net.connect(
        source, cells, synapse, name=names["projection"], axonal_delay=[0.5, 1, 1.5] * 4 * ms, dendritic_delay=1 * ms, **values
    )
    sim = bt.Simulation(net, dt=0.5 * ms, seed=3, backend=backend)
    recordings = [
        *(sim.record(cells, names[role]) for role in ("neuron_variable", "neuron_expression")),
        *(sim.record(proj, names[role]) for role in ("synapse_variable", "synapse_trace", "synapse_expression")),
        sim.record(proj, names["synapse_variable"], when="before"),
    ]
    spikes = sim.record_spikes(cells)
    sim.run(30 * ms)
    assert len(spikes) > 10
    return [*(np.asarray(r.values.magnitude) for r in recordings), np.asarray(spikes.times.magnitude)]


@pytest.fixture(scope="module")
def neutral() -> dict[str, list[Any]]:
    return {backend: run(NEUTRAL, backend) for backend in ("reference", "cpu")}


def assert_same(found: list[Any], wanted: list[Any]) -> None:
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("clash", CLASHES[::4])
def test_a_name_in_each_role_is_only_a_name(clash: str, neutral: dict[str, list[Any]]) -> None:
    """Seventeen names at once, in other roles each time."""
    at = CLASHES.index(clash)
    names = {role: CLASHES[(at + 7 * number) % len(CLASHES)] for number, role in enumerate(ROLES)}
    names["block"] = {"start": "start_"}.get(names["block"], names["block"])  # slots of recorders are called so
    assert len(set(names.values())) == len(ROLES)
    assert_same(run(names, "reference"), neutral["reference"])


def test_compiled_too(neutral: dict[str, list[Any]]) -> None:
    names = {role: DANGEROUS[number] for number, role in enumerate(ROLES)}
    assert_same(run(names, "cpu"), neutral["cpu"])


@pytest.mark.parametrize(
    "role", [r for r in ROLES if r not in {"block", "neuron_model", "synapse_model", "population", "projection"}]
)
def test_the_names_of_slots_in_every_role(role: str, neutral: dict[str, list[Any]]) -> None:
    """These once shared a slot with what the engine keeps under the same name."""
    for clash in ("n", "counts", "spikes", "width", "last", "source", "cursor"):
        assert_same(run({**NEUTRAL, role: clash}, "reference"), neutral["reference"])


def test_a_name_that_is_not_swapped_is_noticed() -> None:
    """The guard itself: every role occurs in the texts or is given with a value."""
    text = " ".join(texts(NEUTRAL).values())
    for role, name in NEUTRAL.items():
        assert role in OBJECTS or re.search(rf"(?<![a-z_])d?{name}", text), role
