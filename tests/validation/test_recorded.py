"""Rules of the library against numbers of other simulators, event for event; and whether a fault would be noticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.library import rules
from bouton.validation.recorded import FOLDER, Recorded, recorded

FILES = recorded()
FIRST = {(each.about["system"], each.about["model"]): each for each in reversed(FILES)}.values()  # one of each model


def named(name: str) -> Recorded:
    return Recorded(FOLDER / f"{name}.npz")


def deviation(each: Recorded, backend: str = "reference", **options: Any) -> float:
    return each.deviation(getattr(bt.rules, each.about["rule"]), backend=backend, **options)


def changed(each: Recorded, folder: Path, arrays: dict[str, Any] | None = None, **about: Any) -> Recorded:
    """The file with something else in it."""
    path = folder / each.path.name
    np.savez(path, **{**each.arrays, **(arrays or {}), "about": json.dumps({**each.about, **about})})
    return Recorded(path)


def by_name(each: Recorded) -> str:
    return each.path.stem


@pytest.mark.parametrize("each", FIRST, ids=by_name)
def test_a_rule_does_what_the_other_simulator_does(each: Recorded) -> None:
    assert deviation(each) <= each.limit


@pytest.mark.slow
@pytest.mark.parametrize("each", FILES, ids=by_name)
def test_so_do_all_variants_and_kernels(each: Recorded) -> None:
    assert deviation(each) <= each.limit
    assert deviation(each, "cpu") <= each.limit


def test_there_are_numbers_for_each_convention() -> None:
    """No rule says that it follows NEST without having been held to it."""
    follow = {rule.name for rule in map(rules.find, rules.files()) if "nest" in rule.conventions}
    assert follow == {each.about["rule"] for each in FILES if each.about["system"] == "NEST"}


def test_files_say_where_they_come_from() -> None:
    for each in FILES:
        assert (Path(__file__).parents[2] / each.about["provenance"]).is_file()
        assert each.about["version"]
        assert each.path.stat().st_size < 20_000
        assert each.limit <= 1e-9


@pytest.mark.parametrize(
    "name, option, value",
    [
        ("nest_stdp_multiplicative", "simultaneous", "pre_first"),
        ("nest_stdp_multiplicative", "transmitted", "before"),
        ("nest_stdp_nn_symm", "start", "empty"),
        ("nest_stdp_nn_restr", "simultaneous", "pre_first"),
        ("nest_stdp_nn_pre_centered", "simultaneous", "pre_first"),
        ("nest_triplet", "simultaneous", "pre_first"),
        ("nest_vogels_positive", "bounds", "hard"),
        ("nest_jonke_offset", "bounds", "hard"),
        ("nest_jonke", "scale", "w_max"),
        ("nest_dopamine", "pairing", "nearest"),
        ("nest_dopamine", "simultaneous", "pre_first"),
        ("nest_clopath", "transmitted", "before"),
    ],
)
def test_another_convention_is_noticed(tmp_path: Path, name: str, option: str, value: str) -> None:
    each = named(name)
    fault = changed(each, tmp_path, given={**each.about["given"], option: value})
    assert deviation(fault) > 1e-3


def test_initial_states_that_decay_are_noticed(tmp_path: Path) -> None:
    """NEST's tsodyks2_synapse leaves them to its first spike."""
    each = named("nest_tsodyks2_started")
    start = {"d": each.about["start"]["d_first"], "g": each.about["start"]["g_first"]}
    fault = changed(each, tmp_path, given={**each.about["given"], "start": "decaying"}, start=start)
    assert deviation(fault) > 1e-3


@pytest.mark.parametrize("name", ["nest_stdp_additive", "nest_triplet", "nest_vogels_positive", "nest_jonke"])
def test_the_order_of_a_step_is_noticed(tmp_path: Path, name: str) -> None:
    """NEST potentiates before it depresses and transmits."""
    each = named(name)
    assert deviation(changed(each, tmp_path, given={**each.about["given"], "simultaneous": "apart"})) > 1e-3


def test_another_delay_is_noticed(tmp_path: Path) -> None:
    assert deviation(changed(named("nest_stdp_additive"), tmp_path, delay="1.1 ms")) > 1e-3


def test_events_that_are_missing_are_noticed(tmp_path: Path) -> None:
    each = named("nest_tsodyks2")
    assert deviation(changed(each, tmp_path, {"value": each.arrays["value"][:-1]})) == float("inf")
    assert deviation(changed(each, tmp_path, {"pre_ms": np.delete(each.arrays["pre_ms"], 4)})) == float("inf")
