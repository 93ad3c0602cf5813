"""`bouton list`, `show` and `explain`."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from bouton.equations.parse import parse_equations
from bouton.experiments import Experiment


def test_list(bouton: Any) -> None:
    assert [line.split() for line in bouton("list").stdout.splitlines()] == [
        ["name", "title", "source"],
        ["toy", "A", "toy", "nobody"],
        ["twin", "A", "toy", "nobody"],
    ]


def test_list_json(bouton: Any) -> None:
    assert json.loads(bouton("list", "--json").stdout)[0] == {"name": "toy", "title": "A toy", "source": "nobody", "tags": []}


def test_equations_are_typed_back(bouton: Any, toys: dict[str, Experiment]) -> None:
    result = bouton("show", "toy")
    assert result.stdout == bouton("show", "toy", "--stage", "equations").stdout
    assert result.stdout == (
        "source Poisson: source\n"
        "    size: 3\n"
        "    rate: rate * (1 + sin(t / ms))\n"
        "    parameters: rate = 0.05 1 / ms\n"
        "\n"
        "neuron model cell: cells\n"
        "    dv/dt = -v / tau : mV (unless refractory, max=top)\n"
        "    top = 50 * mV : mV\n"
        "    s : 1\n"
        "    threshold: v > 10 * mV\n"
        "    reset: v = 0 * mV\n"
        "    every dt: s = v(t - 3 * ms) / mV\n"
        "    refractory: 2 ms\n"
        "    parameters: tau = 20 ms\n"
        "\n"
        "synapse model rule: synapses (source → cells)\n"
        "    w : 1\n"
        "    dx/dt = -x / tau_x : 1 (event-driven)\n"
        "    on_pre trace: x += 1\n"
        "    on_pre main: target += w * mV\n"
        "    on_post: w = clip(w + x, 0, 5)\n"
        "    parameters: tau_x = 10 ms\n"
    )
    equations = toys["toy"].simulation(toys["toy"].complete({}), 1).facts.populations[1].population.model.equations
    lines = result.stdout.splitlines()
    assert parse_equations("\n".join(lines[6:9]), "again") == equations


def test_facts(bouton: Any) -> None:
    text = bouton("show", "toy", "--stage", "facts").stdout
    for line in (
        "population cells: 2 × cell",
        "    v: exact – linear with coefficients that are parameters",
        "        dv/dt has v × (-1 / tau)",
        "    top: written out where it is read – 50 * mV",
        "    past: v(t - 3 * ms)",
        "        dx/dt has x × (-1 / tau_x)",
        "    weights: w (without a differential equation and read by a delivery)",
    ):
        assert line in text.splitlines()


def test_plan(bouton: Any) -> None:
    text = bouton("show", "toy", "--stage", "plan").stdout
    assert text.startswith("step order: integrate, every, threshold, on_pre, on_post, on_event, reset\n")
    one = bouton("show", "toy", "--stage", "plan", "--kernel", "threshold_cell").stdout
    assert one.startswith("kernel threshold_cell over threshold\n")
    assert one.strip() in text
    assert one.count("kernel ") == 1


def test_source_is_python(bouton: Any) -> None:
    text = bouton("show", "toy", "--stage", "source").stdout
    functions = [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert {"threshold_cell", "advance"} <= set(functions)
    assert functions.count("advance") == 1
    one = bouton("show", "toy", "--stage", "source", "--kernel", "advance").stdout
    assert [node.name for node in ast.walk(ast.parse(one)) if isinstance(node, ast.FunctionDef)] == ["advance"]


@pytest.mark.parametrize("stage", ["plan", "source"])
def test_an_unknown_kernel(bouton: Any, stage: str) -> None:
    result = bouton("show", "toy", "--stage", stage, "--kernel", "treshold_cell")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("E206: there is no kernel 'treshold_cell'")
    assert "did you mean 'threshold_cell'?" in result.stderr


@pytest.mark.parametrize(
    "arguments", [("show", "toy", "--stage", "nonsense"), ("show", "toy", "--stage", "facts", "--kernel", "advance"), ("show",)]
)
def test_wrong_usage(bouton: Any, arguments: tuple[str, ...]) -> None:
    assert bouton(*arguments).exit_code == 2


@pytest.mark.parametrize("command", ["show", "explain"])
def test_an_unknown_experiment(bouton: Any, command: str) -> None:
    result = bouton(command, "stdp_window")
    assert result.exit_code == 2
    assert result.stderr.startswith("E604: 'stdp_window' is not an experiment")


def test_explain(bouton: Any, toys: dict[str, Experiment]) -> None:
    toy = toys["toy"]
    assert bouton("explain", "toy").stdout.rstrip("\n") == toy.simulation(toy.complete({}), 1).explain()


def test_profile_prints_the_kernels(capsys: pytest.CaptureFixture[str]) -> None:
    from bouton.cli.profile import profile

    profile("stdp-window", 0.02, 0.01, as_json=False)
    assert "on_pre_stdp" in capsys.readouterr().out


def test_a_rule_is_shown_at_work(bouton: Any) -> None:
    assert "on_pre: transmit = w" in bouton("show", "PairSTDP").stdout
    assert "def on_pre_stdp(" in bouton("show", "PairSTDP", "--stage", "source", "--kernel", "on_pre_stdp").stdout
    found = json.loads(bouton("explain", "IzhikevichDopamine", "--set", "advance=events", "--json").stdout)
    (projection,) = (each for each in found["objects"] if each["kind"] == "projection")
    assert projection["variables"]["d"]["where"] == "each target"
    assert any("is added up with each target" in line for line in projection["said"])


def test_settings_are_of_rules(bouton: Any) -> None:
    result = bouton("show", "toy", "--set", "cells=3")
    assert result.exit_code == 2
    assert "--set with toy" in result.stderr


def test_a_rule_that_wants_more_of_its_neurons_is_refused(bouton: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import bouton as bt\nfrom bouton.library.rule import Rule\n"
        'RULE = Rule(name="Mine", part="mine", title="", papers=("nobody",), parameters={}, needs=("calcium",), '
        'build=lambda options: {"equations": "w : {unit}", "on_pre": "w += calcium_post"})\n'
    )
    result = bouton("explain", file)
    assert result.exit_code == 2
    assert "Mine: it needs calcium of the postsynaptic neuron" in result.stderr
