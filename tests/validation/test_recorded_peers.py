"""Rules of the library against Brian2, ANNarchy and Norse, event for event; and whether a fault would be noticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import Code, NetworkError
from bouton.library import rules
from bouton.validation.recorded import FOLDER, Recorded, recorded

PEERS = ("Brian2", "ANNarchy", "Norse")
FILES = [each for each in recorded() if each.about["system"] in PEERS]


def deviation(each: Recorded, backend: str = "reference") -> float:
    return each.deviation(getattr(bt.rules, each.about["rule"]), backend=backend)


def changed(name: str, folder: Path, given: dict[str, Any] | None = None, **about: Any) -> Recorded:
    """The file with something else in it."""
    each = Recorded(FOLDER / f"{name}.npz")
    said = {**each.about, "given": {**each.about["given"], **(given or {})}, **about}
    path = folder / each.path.name
    np.savez(path, **{**each.arrays, "about": json.dumps(said)})
    return Recorded(path)


def by_name(each: Recorded) -> str:
    return each.path.stem


@pytest.mark.slow
@pytest.mark.parametrize("each", FILES, ids=by_name)
def test_so_do_its_kernels(each: Recorded) -> None:
    assert deviation(each, "cpu") <= each.limit


@pytest.mark.parametrize("system", PEERS)
def test_there_are_numbers_for_each_convention(system: str) -> None:
    """No rule says that it follows a simulator without having been held to it."""
    follow = {rule.name for rule in map(rules.find, rules.files()) if system.lower() in rule.conventions}
    assert follow == {each.about["rule"] for each in FILES if each.about["system"] == system}


@pytest.mark.parametrize("each", FILES, ids=by_name)
def test_trains_have_what_conventions_differ_in(each: Recorded) -> None:
    """Spikes of both sides that meet at the synapse, and neighbouring steps; weights that move, and are not all at a bound."""
    late = float(each.about.get("delay", "0 ms").removesuffix(" ms"))
    pre, post = (np.rint(10 * times).astype(int) for times in (each.arrays["pre_ms"] + late, each.arrays["post_ms"]))
    assert 40 <= len(pre) <= 60
    assert 40 <= len(post) <= 60
    assert len(np.intersect1d(pre, post)) >= 10
    assert (np.diff(pre) == 1).any()
    assert len(np.unique(each.arrays["value"])) > 0.7 * len(each.arrays["value"])


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("brian2_pair_stdp_additive", {"simultaneous": "apart"}),
    ("brian2_pair_stdp_additive", {"simultaneous": "together"}),
    ("brian2_pair_stdp_delayed", {"transmitted": "after"}),
    ("brian2_triplet_stdp_hard", {"simultaneous": "apart"}),
    ("brian2_vogels_inhibitory_hard", {"bounds": "hard_in_turn"}),
    ("brian2_vogels_inhibitory_delayed", {"transmitted": "before"}),
    ("brian2_tsodyks_markram_recovered", {"decay": "step_less"}),
    ("brian2_clopath_voltages", {"advance": "steps"}),
    ("brian2_graupner_brunel_cubic", {"advance": "steps"}),
    ("brian2_izhikevich_dopamine_released", {"advance": "exact"}),
    ("annarchy_pair_stdp_step", {"convention": "brian2"}),
    ("annarchy_tsodyks_markram_step", {"decay": "full"}),
    ("norse_pair_stdp_additive", {"simultaneous": "pre_first"}),
    ("norse_pair_stdp_additive", {"advance": "exact"}),
    ("norse_tsodyks_markram_facilitating", {"convention": "brian2"}),
]


@pytest.mark.parametrize("name, given", FAULTS, ids=lambda each: each if isinstance(each, str) else "-".join(each.values()))
def test_another_convention_is_noticed(tmp_path: Path, name: str, given: dict[str, Any]) -> None:
    assert deviation(changed(name, tmp_path, given)) > 1e-4


@pytest.mark.parametrize(
    "name, delay",
    [("brian2_pair_stdp_delayed", "1.4 ms"), ("annarchy_pair_stdp_step", "0 ms"), ("brian2_triplet_stdp_delayed", "0 ms")],
)
def test_another_delay_is_noticed(tmp_path: Path, name: str, delay: str) -> None:
    assert deviation(changed(name, tmp_path, delay=delay)) > 1e-3


def test_a_delay_of_the_other_side_is_noticed(tmp_path: Path) -> None:
    """What NEST calls a delay, of the same numbers."""
    each = changed("brian2_pair_stdp_delayed", tmp_path, connect={"dendritic_delay": "1.5 ms", "backprop_delay": "1.5 ms"})
    said = {key: value for key, value in each.about.items() if key != "delay"}
    np.savez(each.path, **{**each.arrays, "about": json.dumps(said)})
    assert deviation(Recorded(each.path)) > 1e-3


@pytest.mark.parametrize(
    "rule, given, expected",
    [
        (bt.rules.PairSTDP, {"simultaneous": "together", "pairing": "nearest_reduced"}, "pairing='all_to_all'"),
        (bt.rules.TsodyksMarkram, {"advance": "euler"}, "form='facilitating'"),
        (bt.rules.TsodyksMarkram, {"decay": "step_less", "states": "three"}, "states='two'"),
    ],
)
def test_conventions_are_refused_where_nobody_has_them(rule: Any, given: dict[str, str], expected: str) -> None:
    with pytest.raises(NetworkError, match=expected) as found:
        rule(**given)
    assert found.value.code is Code.BAD_VALUE
