"""`bouton run`: tables, files, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bouton.cli.report import worst
from bouton.errors import Code, SimulationError
from bouton.experiments import Check, Experiment, Result


def refuse(settings: Any, seed: int) -> Result:
    raise SimulationError(Code.NOT_FINITE, "became NaN")


def test_a_run_that_passes(bouton: Any) -> None:
    result = bouton("run", "toy")
    assert result.exit_code == 0
    row = result.stdout.splitlines()[1].split()
    assert [row[0], *row[3:]] == ["toy", "near", "0.25", "0.5", "pass"]
    assert result.stderr == ""


def test_a_check_that_fails(bouton: Any) -> None:
    result = bouton("run", "toy", "--set", "deviation=0.75")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].split()[3:] == ["near", "0.75", "0.5", "FAIL"]


def test_json(bouton: Any) -> None:
    result = bouton("run", "toy", "--json", "--seed", 7)
    (found,) = json.loads(result.stdout)
    assert (found["name"], found["seed"], found["passed"], found["files"]) == ("toy", 7, True, [])
    assert found["checks"][1] == {"what": "near", "deviation": 0.25, "limit": 0.5, "passed": True}
    assert found["run_seconds"] == pytest.approx(found["timings"]["build"] + found["timings"]["run"])


def test_json_without_nan(bouton: Any, toys: dict[str, Experiment]) -> None:
    checks = (Check("a", float("nan"), 1.0), Check("b", float("inf"), 1.0))
    toys["toy"] = replace(
        toys["toy"], run_with=lambda settings, seed: replace(toys["twin"].run_with(settings, seed), checks=checks)
    )
    result = bouton("run", "toy", "--json")
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout, parse_constant=pytest.fail)
    assert [(c["deviation"], c["passed"]) for c in found["checks"]] == [(None, False), (None, False)]


def test_files(bouton: Any, tmp_path: Path) -> None:
    import xarray as xr

    out = tmp_path / "new" / "out"
    result = bouton("run", "toy", "--out", out, "--json")
    assert json.loads(result.stdout)[0]["files"] == [str(out / "toy.nc"), str(out / "toy.png")]
    assert (out / "toy.png").read_bytes().startswith(b"\x89PNG")
    with xr.open_dataset(out / "toy.nc", engine="h5netcdf") as data:
        assert data["v"].sizes == {"v_time": 5, "v_element": 2}


def test_no_figure(bouton: Any, tmp_path: Path) -> None:
    assert bouton("run", "toy", "--out", tmp_path, "--no-figure").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["toy.nc"]


def test_all(bouton: Any, tmp_path: Path) -> None:
    result = bouton("run", "--all", "--out", tmp_path)
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["experiment", "toy", "twin"]
    assert {path.name for path in tmp_path.iterdir()} == {"toy.nc", "toy.png", "twin.nc", "twin.png"}


def test_a_tag(bouton: Any, toys: dict[str, Experiment]) -> None:
    toys["twin"] = replace(toys["twin"], tags=("tour", "toys"))
    result = bouton("run", "--tag", "tour")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["experiment", "twin"]
    toys["twin"] = replace(toys["twin"], run_with=refuse)
    assert bouton("run", "--tag", "tour").stdout.splitlines()[1].split()[-1] == "refused"  # as with --all, in the table


def test_a_tag_that_no_experiment_has(bouton: Any, toys: dict[str, Experiment]) -> None:
    toys["twin"] = replace(toys["twin"], tags=("tour", "toys"))
    result = bouton("run", "--tag", "turo")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no experiment has the tag 'turo'; there are tour, toys" in " ".join(result.stderr.replace("│", " ").split())


def test_all_goes_on_after_a_refusal(bouton: Any, toys: dict[str, Experiment]) -> None:
    toys["toy"] = replace(toys["toy"], run_with=refuse)
    result = bouton("run", "--all")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[1].split()[-1] == "refused"
    assert result.stdout.splitlines()[2].split()[-1] == "pass"
    assert result.stderr.startswith("E602: became NaN")
    assert json.loads(bouton("run", "--all", "--json").stdout)[0]["error"]["code"] == "E602"


def test_a_refusal_is_no_traceback(bouton: Any, toys: dict[str, Experiment]) -> None:
    toys["toy"] = replace(toys["toy"], run_with=refuse)
    result = bouton("run", "toy")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "E602: became NaN\n"


def test_an_unknown_experiment(bouton: Any) -> None:
    result = bouton("run", "stdp-windo")
    assert result.exit_code == 2
    assert result.stderr.startswith("E604: 'stdp-windo' is not an experiment")


def test_interrupted(bouton: Any, toys: dict[str, Experiment]) -> None:
    def stop(settings: Any, seed: int) -> Result:
        raise KeyboardInterrupt("stopped at 3 ms")

    toys["toy"] = replace(toys["toy"], run_with=stop)
    result = bouton("run", "toy")
    assert (result.exit_code, result.stderr) == (130, "bouton: interrupted, stopped at 3 ms\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "toy", "--all"),
        ("run", "--all", "--set", "w=1"),
        ("run", "toy", "--tag", "tour"),
        ("run", "--all", "--tag", "tour"),
        ("run", "--tag", "tour", "--set", "w=1"),
        ("run", "toy", "--nonsense"),
        ("run", "toy", "--seed", "x"),
    ],
)
def test_wrong_usage(bouton: Any, arguments: tuple[str, ...]) -> None:
    result = bouton(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


def test_an_unwritable_folder_is_refused_before_anything_runs(bouton: Any, toys: dict[str, Experiment], tmp_path: Path) -> None:
    toys["toy"] = replace(toys["toy"], run_with=lambda settings, seed: pytest.fail("it ran"))
    (tmp_path / "file").touch()
    result = bouton("run", "toy", "--out", tmp_path / "file" / "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written" in result.stderr


def test_what_cannot_be_written_does_not_take_the_result_along(bouton: Any, toys: dict[str, Experiment], tmp_path: Path) -> None:
    def full(result: Result) -> Any:
        raise OSError(28, "No space left on device", "toy.png")

    toys["toy"] = replace(toys["toy"], figure=full)
    result = bouton("run", "toy", "--out", tmp_path)
    assert result.exit_code == 2
    assert result.stdout.splitlines()[1].split()[-1] == "pass"
    assert result.stderr == "bouton: toy.png cannot be written (No space left on device)\n"


def test_settings_without_a_reference(bouton: Any, toys: dict[str, Experiment]) -> None:
    toys["toy"] = replace(toys["toy"], run_with=lambda settings, seed: replace(toys["twin"].run_with(settings, seed), checks=()))
    result = bouton("run", "toy")
    assert result.exit_code == 0
    assert "nothing was published" in result.stdout


def test_the_worst_check() -> None:
    exact, close, far = Check("exact", 0.0, 0.0), Check("close", 1e-13, 1e-12), Check("far", 2.0, 1.0)
    assert worst(()) is None
    assert worst((exact, close)) is close
    assert worst((close, far, exact)) is far
    assert worst((far, broken := Check("exact", 1.0, 0.0))) is broken
    assert worst((far, broken := Check("nan", float("nan"), 1e9))) is broken


def test_no_figure_loads_no_library_for_figures_or_files(modules_loaded_by: Callable[[str], set[str]]) -> None:
    loaded = modules_loaded_by(
        """
        from conftest import TOY
        from bouton import experiments
        experiments.find = lambda name: TOY
        from bouton.cli import app
        app(["run", "toy", "--no-figure"], standalone_mode=False)
        """
    )
    assert "bouton.runtime.simulation" in loaded
    assert not loaded & {"matplotlib", "xarray", "pandas", "h5netcdf", "h5py", "sympy", "tqdm", "IPython"}
