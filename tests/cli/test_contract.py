"""What holds for every command: ``--json`` with the same content, exit codes in its help, nothing but text in a pipe."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from bouton import protocols
from bouton.cli import app
from bouton.cli.show_facts import show_facts
from bouton.cli.show_models import show_models
from bouton.experiments import Experiment

ROOT = Path(__file__).parents[2]
TRAINS = ["--pre", "{folder}/pre.txt", "--post", "{folder}/post.txt"]
SLOW = {"bursts", "frequency", "rates", "short_term", "triplets"}
"""Each compiles a model of its own."""
CALLS: dict[str, list[list[str]]] = {  # every command that there is, and how it may be called
    "list": [[]],
    "run": [["toy"], ["--all"], ["toy", "--profile"]],
    "show": [["toy", "--stage", stage] for stage in ("equations", "facts", "plan", "source")],
    "explain": [["toy"]],
    "profile": [["stdp-window", "--seconds", "0.02"]],
    "warmup": [[]],
    "rules": [[], ["PairSTDP"]],
    "neurons": [[], ["LIF"]],
    "protocol play": [["PairSTDP", *TRAINS]],
    "protocol window": [["PairSTDP", "--lags", "[-10, 10] ms"]],
    "protocol rates": [["PairSTDP", "--synapses", "2", "--duration", "1 second", "--post", "10 Hz"]],
    "protocol short_term": [["TsodyksMarkram", "--responses", "2"]],
    "protocol bursts": [["PairSTDP", "--lags", "[20] ms", "--repetitions", "1"]],
    "protocol frequency": [["TripletSTDP", "--pairings", "2"]],
    "protocol triplets": [["TripletSTDP", "--repetitions", "2"]],
    "validate": [["PairSTDP"]],
    "doctor": [[]],
}


SERVES = "explore"
"""The command that prints no results, but an address."""


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """All commands that are no groups, by the words that call them."""
    command = typer.main.get_command(app) if command is None else command
    if not hasattr(command, "list_commands"):
        if path != (SERVES,):
            yield " ".join(path), command
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield from commands(command.get_command(context, name), (*path, name))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Trains in files, a warm-up that compiles nothing, and a validation of three verdicts."""
    from bouton.validation import validate
    from bouton.validation.validate import Verdict

    (tmp_path / "pre.txt").write_text("10\n20\n")
    (tmp_path / "post.txt").write_text("15\n")
    found = [
        Verdict("PairSTDP", "protocol", "window", deviation=0.25, limit=0.5),
        Verdict("PairSTDP", "simulator", "NEST", "nest", float("nan"), None),
        Verdict("PairSTDP", "battery", "bounds"),
    ]
    monkeypatch.setattr(validate, "validate", lambda rule: iter(found))
    monkeypatch.setattr("bouton.cli.warmup._compile_shared", lambda: None)
    return tmp_path


def test_no_command_is_missing_here() -> None:
    assert [name for name, _ in commands()] == [*sorted(CALLS, key=[name for name, _ in commands()].index)]
    assert {name.split()[1] for name in CALLS if name.startswith("protocol ")} == {"play", *protocols.names()}


def test_every_command_has_json() -> None:
    """There is no exception: all of them print results."""
    assert [name for name, command in commands() if not any("--json" in p.opts for p in command.params)] == []


@pytest.mark.parametrize(
    "name, arguments",
    [
        pytest.param(name, call, id=" ".join([name, *call]), marks=[pytest.mark.slow] if name.split()[-1] in SLOW else [])
        for name, calls in CALLS.items()
        for call in calls
    ],
)
def test_json_is_all_that_is_printed(
    bouton: Any, toys: dict[str, Experiment], quick: Path, name: str, arguments: list[str]
) -> None:
    if name == "profile":  # the toys are interpreted, which is not measured
        toys["stdp-window"] = import_module("bouton.experiments.stdp_window").EXPERIMENT
    call = [*name.split(), *(argument.format(folder=quick) for argument in arguments)]
    result = bouton(*call, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout, parse_constant=pytest.fail)
    assert "\033" not in result.stdout
    plain = bouton(*call)
    assert plain.exit_code == 0
    assert "\033" not in plain.stdout
    assert not any(line.endswith(" ") for line in plain.stdout.splitlines())


def test_the_stages_as_data_say_what_the_text_says(bouton: Any) -> None:
    def both(stage: str) -> tuple[Any, str]:
        call = ("show", "toy", "--stage", stage)
        return json.loads(bouton(*call, "--json").stdout), bouton(*call).stdout

    models, text = both("equations")
    assert f"{show_models(models)}\n" == text
    facts, text = both("facts")
    assert f"{show_facts(facts)}\n" == text
    modules, text = both("source")
    assert "\n\n\n".join(each["source"] for each in modules) + "\n" == text
    plan, text = both("plan")
    assert f"step order: {', '.join(plan['step_order'])}\n" in text
    assert all("\n".join(kernel["lines"]) in text for kernel in plan["kernels"])
    calls = [call for calls in plan["phases"].values() for call in calls]
    assert len(calls) == sum("(" in line for line in text.split("\n\n")[1].splitlines() if line.startswith("    "))
    one = json.loads(bouton("show", "toy", "--stage", "plan", "--kernel", "threshold_cell", "--json").stdout)
    assert [kernel["kernel"] for kernel in one["kernels"]] == ["threshold_cell"]
    assert "phases" not in one


def test_explain_as_data_names_every_variable(bouton: Any, toys: dict[str, Experiment]) -> None:
    found = json.loads(bouton("explain", "toy", "--json").stdout)
    text = bouton("explain", "toy").stdout
    assert found["dt_ms"] == 1
    objects = {each["name"]: each for each in found["objects"]}
    facts = toys["toy"].simulation(toys["toy"].complete({}), 1).facts
    for each in (*facts.populations, *facts.projections):
        kinds = {"ode", "variable", "constant", "expression", "linked"}
        assert set(objects[each.name]["variables"]) == {n for n, s in each.scope.symbols.items() if s.kind in kinds}
    assert objects["cells"]["variables"]["v"]["scheme"] == "exact"
    assert objects["synapses"]["variables"]["x"]["scheme"] == "exact, when read"
    assert objects["cells"]["variables"]["top"] == {
        "where": "nowhere",
        "scheme": None,
        "reason": "evaluated where it is read",
    }
    assert all(line in text for each in found["objects"] for line in each["said"])


def test_columns_as_data_are_those_of_the_file(bouton: Any, quick: Path) -> None:
    call = ["protocol", "play", "PairSTDP", *(a.format(folder=quick) for a in TRAINS), "--out", quick / "out.csv"]
    result = bouton(*call, "--json")
    found = json.loads(result.stdout)
    assert (found["protocol"], found["rule"], found["file"]) == ("play", "stdp", str(quick / "out.csv"))
    rows = list(csv.DictReader((quick / "out.csv").read_text().splitlines()))
    assert {name: [float(row[name]) for row in rows] for name in rows[0]} == found["columns"]


def test_one_rule_with_all_it_has(bouton: Any) -> None:
    text = bouton("rules", "PairSTDP").stdout
    lines = [line.split() for line in text.splitlines()]
    assert ["tau_plus", "τ₊", "20", "ms", "1", "to", "200", "time", "constant", "of", "potentiation"] in lines
    assert "sets of parameters: song2000, bi_poo2001" in text
    data = json.loads(bouton("rules", "PairSTDP", "--json").stdout)
    assert data["parameters"]["tau_plus"]["default"] == "20 ms"
    assert data["options"]["pairing"][0] == "all_to_all"
    assert "conventions" not in json.loads(bouton("neurons", "LIF", "--json").stdout)
    result = bouton("rules", "PairStdp")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean 'PairSTDP'?" in result.stderr


@pytest.mark.parametrize("path", ["", *CALLS])
def test_help_tells_the_exit_codes(bouton: Any, path: str) -> None:
    text = " ".join(bouton(*path.split(), "--help").stdout.split())
    assert "Exit codes: 0 " in text
    assert "130 interrupted" in text
    assert (" 1 " in text.partition("Exit codes:")[2]) == (path in {"", "run", "validate"})


def test_the_manual_names_all_commands_and_codes() -> None:
    text = (ROOT / "docs/command-line.md").read_text("utf-8")
    assert [name for name in CALLS if f"bouton {name.split()[0]}" not in text] == []
    assert all(f"| {code} |" in text for code in (0, 1, 2, 130))
    assert "--install-completion" in text


def test_a_failed_check_is_1_and_an_interrupt_prints_what_is_done(
    bouton: Any, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bouton.validation import validate
    from bouton.validation.validate import Verdict

    failed = Verdict("PairSTDP", "protocol", "window", deviation=2.0, limit=0.5)

    def stop(rule: Any) -> Iterator[Verdict]:
        yield failed
        raise KeyboardInterrupt("stopped at 3 ms")

    monkeypatch.setattr(validate, "validate", lambda rule: iter([failed]))
    assert bouton("validate", "PairSTDP").exit_code == 1
    monkeypatch.setattr(validate, "validate", stop)
    result = bouton("validate", "PairSTDP")
    assert result.exit_code == 130
    assert result.stdout.splitlines()[1].split() == ["PairSTDP", "window", "2", "0.5", "FAIL"]
    assert "battery" not in result.stdout
    assert "interrupted, stopped at 3 ms, 1 checks of 1 of 1 rules done" in result.stderr
    result = bouton("validate", "--all", "--json")
    assert (result.exit_code, len(json.loads(result.stdout))) == (130, 1)


def test_an_interrupted_run_prints_what_is_done(bouton: Any, toys: dict[str, Experiment]) -> None:
    from dataclasses import replace

    def stop(settings: Any, seed: int) -> Any:
        raise KeyboardInterrupt

    toys["twin"] = replace(toys["twin"], run_with=stop)
    result = bouton("run", "--all")
    assert (result.exit_code, result.stderr) == (130, "bouton: interrupted, 1 of 2 experiments done\n")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["experiment", "toy"]
    assert [each["name"] for each in json.loads(bouton("run", "--all", "--json").stdout)] == ["toy"]
    assert json.loads(bouton("run", "twin", "--json").stdout) == []


def test_an_interrupted_warmup_says_what_is_done(bouton: Any, quick: Path, toys: dict[str, Experiment]) -> None:
    from dataclasses import replace

    def stop(settings: Any, seed: int) -> Any:
        raise KeyboardInterrupt

    toys["toy"] = replace(toys["toy"], tags=("tour",))
    toys["twin"] = replace(toys["twin"], run_with=stop, tags=("tour",))
    result = bouton("warmup", "--json")
    assert (result.exit_code, result.stderr) == (130, "bouton: interrupted, 2 of 3 done\n")
    assert [each["what"] for each in json.loads(result.stdout)["done"]] == ["what all models share", "toy"]


def test_a_reader_who_goes_away_is_no_failed_check() -> None:
    program = "from bouton.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "neurons"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == ""
    assert running.returncode == 141


def test_a_row_is_a_line_in_a_pipe_and_json_is_ascii_where_it_must_be(capsys: pytest.CaptureFixture[str]) -> None:
    from bouton.cli import console

    table = console.table("name", "text")
    table.add_row("a", "long " * 60)
    console.show(table)
    assert len(capsys.readouterr().out.splitlines()) == 2
    with pytest.MonkeyPatch.context() as patch:
        written: list[str] = []
        patch.setattr(sys, "stdout", SimpleNamespace(encoding="latin-1", write=written.append))
        console.show_json({"τ": float("inf")})
    assert json.loads("".join(written)) == {"τ": None}
    assert "".join(written).isascii()
