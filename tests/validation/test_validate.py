"""Rules held to what is known; rules from files; what is refused, and faults that are seen."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import BoutonError
from bouton.library.own import load, of_model
from bouton.library.rule import Claim
from bouton.units import ms
from bouton.validation.battery import CHECKS
from bouton.validation.validate import Verdict, validate

TOOL = Path(__file__).parents[2] / "tools/new_rule.py"
TOML = """
name = "Mine"
title = "a pair rule of my own"
papers = ["Me (2026), doi:10.0/0"]
equations = '''
w : {unit} (min=0, max=w_max)
dx/dt = -x/tau_plus : 1
dy/dt = -y/tau_minus : 1
'''
on_pre = "transmit = w; w -= A_minus*w_max*y; x += 1"
on_post = "w += A_plus*w_max*x; y += 1"
every = ["T", "w *= 1"]

[parameters]
A_plus = 0.005
A_minus = 0.00525
T = "10 ms"
tau_minus = "20 ms"

[parameters.tau_plus]
value = "20 ms"
symbol = "τ₊"
meaning = "time constant of potentiation"
low = 1
high = 200

[parameters.w_max]
value = 1
weight = true

[sets.slow]
tau_plus = "40 ms"
"""


def of(verdicts: Any, kind: str) -> dict[str, Verdict]:
    return {v.against: v for v in verdicts if v.kind == kind}


def test_a_claim_that_does_not_hold_fails() -> None:
    strict = dataclasses.replace(bt.rules.TripletSTDP, claims=(Claim("frequency", "visual_cortex_minimal_nearest", 0.3),))
    found = next(v for v in validate(strict) if v.against == "frequency")
    assert found.passed is False
    assert found.deviation == pytest.approx(0.348, abs=0.01)
    unclaimed = dataclasses.replace(bt.rules.TripletSTDP, claims=())
    assert next(v for v in validate(unclaimed) if v.against == "frequency").passed is None


@pytest.mark.slow
def test_a_wrong_rule_fails_where_it_is_wrong() -> None:
    rule = bt.rules.VogelsInhibitory
    conventions = {name: {**c, "transmitted": "before"} for name, c in rule.conventions.items()}
    wrong = dataclasses.replace(rule, conventions=conventions)
    assert sum(v.passed is False for v in validate(wrong) if v.kind == "simulator") == 3  # one of four compares w itself
    assert all(v.passed for v in of(validate(rule), "simulator").values())


def test_a_rule_from_toml_is_the_same_rule(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML, "utf-8")
    mine = load(path)
    pre, post = np.array([10.0, 31.0, 60.0]) * ms, np.array([14.0, 40.0]) * ms
    found, meant = (bt.protocols.play(r, pre, post, w=0.5).final().magnitude for r in (mine(), bt.rules.PairSTDP()))
    np.testing.assert_array_equal(found, meant)
    assert mine("slow").parameters["tau_plus"] == 40 * ms
    assert mine.parameters["tau_plus"].symbol == "τ₊"
    assert mine(unit="nS").equations[0].unit == "nS"


@pytest.mark.parametrize(
    "changed, found",
    [
        (("title =", "titel ="), "E401: 'titel' means nothing here(.|\n)*did you mean 'title'"),
        (('"20 ms"', '"20 furlong"'), "E201: 'furlong' is not a unit"),
        (('"20 ms"', '"__import__(1)"'), "E103"),
        (('name = "Mine"', ""), "E408: it gives no name"),
        (("[parameters]", "[parameters"), "E101: this is no TOML"),
        (('every = ["T", "w *= 1"]', 'every = "w *= 1"'), "E101: every is"),
        (("low = 1", "lowest = 1"), "E401: 'lowest' means nothing here"),
        (("value = 1\n", ""), "E408: it has no value"),
        (('name = "Mine"', 'name = ["Mine"]'), r"E401: name is \['Mine'\](.|\n)*name = "),
        (('title = "', 'title = 3 # "'), "E401: title is 3"),
        (('every = ["T", "w *= 1"]', 'every = ["T", ["w *= 1"]]'), "E101: every is"),
        (
            ('"w += A_plus*w_max*x; y += 1"', '["w *= 1"]'),
            r"E401: on_post is \[(.|\n)*on_post = \"…\" or a table \[on_post\] of texts",
        ),
        (('["Me (2026), doi:10.0/0"]', '"one"'), "E401: papers is 'one'"),
        (('every = ["T", "w *= 1"]', 'delays = ["1 ms"]'), r"E401: delays is \['1 ms'\]"),
        (('symbol = "τ₊"', "symbol = [1]"), r"E401: symbol is \[1\](.|\n)*parameters.tau_plus"),
        (("low = 1", "low = [1]"), r"E401: low is \[1\]"),
        (("value = 1\n", "value = [1]\n"), r"E401: \[1\] is not a number(.|\n)*parameters.w_max"),
        (("weight = true", 'weight = "yes"'), "E401: weight is 'yes'"),
        (('[sets.slow]\ntau_plus = "40 ms"', "[sets]\nslow = 40"), r"E401: slow is 40(.|\n)*a table \[sets.slow\]"),
    ],
)
def test_what_a_toml_file_may_not_say(tmp_path: Path, changed: tuple[str, str], found: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML.replace(*changed), "utf-8")
    with pytest.raises(BoutonError, match=found):
        load(path)


def test_a_python_file_gives_a_rule_or_a_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        '"""Mine."""\nimport bouton as bt\nRULE = bt.SynapseModel("w : 1", on_pre="w += A", parameters={"A": 0.5}, name="mine")'
    )
    rule = load(path)
    assert (rule.name, rule.title) == ("mine", "Mine.")
    assert bt.protocols.play(rule(A=0.25), 5 * ms, [] * ms, w=0.0, target=None).final().magnitude.tolist() == [0.25]
    path.write_text("RULE = 3")
    with pytest.raises(BoutonError, match="E401: RULE is 3"):
        load(path)
    with pytest.raises(BoutonError, match="E401: there is no file"):
        load(tmp_path / "other.py")


def test_the_skeleton_of_a_rule_runs(tmp_path: Path) -> None:
    for folder in ("src/bouton/library/rules", "tests/library/rules", "changelog.d"):
        (tmp_path / folder).mkdir(parents=True)
    made = subprocess.run([sys.executable, TOOL, "NewSTDPRule", tmp_path], capture_output=True, text=True, check=True)
    assert made.stdout.split() == [
        "src/bouton/library/rules/new_stdp_rule.py",
        "tests/library/rules/test_new_stdp_rule.py",
        "changelog.d/new-stdp-rule.added.md",
    ]
    rule = load(tmp_path / made.stdout.split()[0])
    assert (rule.name, rule.part) == ("NewSTDPRule", "new_stdp_rule")
    found = bt.protocols.play(rule(), 5 * ms, 10 * ms, w=0.2).final().magnitude
    np.testing.assert_allclose(found, [0.2 + 0.01 * np.exp(-0.25)], rtol=1e-12)
    again = subprocess.run([sys.executable, TOOL, "NewSTDPRule", tmp_path], capture_output=True, text=True, check=False)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    wrong = subprocess.run([sys.executable, TOOL, "new-rule", tmp_path], capture_output=True, text=True, check=False)
    assert (wrong.returncode, "is not a name for a rule" in wrong.stderr) == (2, True)


@pytest.mark.slow
def test_all_rules_are_what_they_claim_to_be() -> None:
    code = [sys.executable, "-c", "from bouton.cli import main; main()", "validate", "--all", "--json"]
    done = subprocess.run(code, capture_output=True, text=True, check=False)
    verdicts = json.loads(done.stdout)
    assert [v for v in verdicts if v["passed"] is False] == []
    assert done.returncode == 0
    assert sum(v["passed"] is True for v in verdicts) > 200


@pytest.mark.slow
def test_a_rule_of_ones_own_gets_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML, "utf-8")
    verdicts = list(validate(load(path)))
    assert {v.against for v in verdicts if v.dataset is not None} >= {"window", "frequency", "triplets", "rates", "bursts"}
    assert all(v.passed is not False for v in verdicts)
    assert sum(v.passed is True for v in verdicts if v.kind == "battery") == len(CHECKS)


def test_a_rule_that_cannot_be_run_is_refused_with_the_place() -> None:
    wrong = of_model(
        bt.SynapseModel("w : 1\nx : 1", on_pre="transmit = w; x += 1", on_post="w += A*xx", parameters={"A": 0.1}), ""
    )
    with pytest.raises(BoutonError, match=r"E201: 'xx' is not defined(.|\n)*w \+= A\*xx(.|\n)*did you mean 'x'"):
        next(validate(wrong))
