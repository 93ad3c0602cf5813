"""Rules and protocols on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def trains(tmp_path: Path) -> list[str]:
    (tmp_path / "pre.txt").write_text("10\n\n20.5  # the second\n")
    (tmp_path / "post.txt").write_text("15\n")
    return ["--pre", str(tmp_path / "pre.txt"), "--post", str(tmp_path / "post.txt")]


def test_rules_are_listed(bouton: Any) -> None:
    assert "PairSTDP  " in bouton("rules").stdout
    listed = {rule["name"]: rule for rule in json.loads(bouton("rules", "--json").stdout)}
    assert listed["PairSTDP"]["parameters"] == ["bi_poo2001", "song2000"]


def test_neurons_are_listed(bouton: Any) -> None:
    assert "LIF  " in bouton("neurons").stdout
    listed = {neuron["name"]: neuron for neuron in json.loads(bouton("neurons", "--json").stdout)}
    assert listed["HodgkinHuxley"]["parameters"] == ["hodgkin_huxley1952"]
    assert any("10.1152/jn.00686.2005" in paper for paper in listed["AdEx"]["papers"])


def test_trains_from_files(bouton: Any, trains: list[str], tmp_path: Path) -> None:
    out = tmp_path / "found.csv"
    settings = ["--set", "tau_plus=10*ms", "--set", "pairing=nearest_symmetric", "--set", "A_minus=0.01", "--w", "0.4"]
    assert bouton("protocol", "play", "PairSTDP", *trains, *settings, "--out", out).exit_code == 0
    printed = bouton("protocol", "play", "PairSTDP", *trains, *settings).stdout
    assert printed == out.read_text()
    rows = list(csv.DictReader(printed.splitlines()))
    assert [float(row["time_ms"]) for row in rows] == [10.0, 15.0, 20.5]
    after = 0.4 + 0.005 * np.exp(-0.5) - 0.01 * np.exp(-5.5 / 20)
    assert float(rows[-1]["w"]) == pytest.approx(after, rel=1e-12)
    assert list(rows[0]) == ["time_ms", "w", "x", "y"]


def test_a_rule_without_a_weight_is_played_too(bouton: Any, trains: list[str]) -> None:
    result = bouton("protocol", "play", "TsodyksMarkram", *trains, "--set", "U=0.3")
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == 3


def test_a_window_is_printed_and_drawn(bouton: Any, tmp_path: Path) -> None:
    printed = bouton("protocol", "window", "PairSTDP", "--parameters", "bi_poo2001").stdout
    rows = [(float(lag), float(change)) for lag, change, _ in list(csv.reader(printed.splitlines()))[1:]]
    assert len(rows) == 101
    assert dict(rows)[20.0] == pytest.approx(0.005 * np.exp(-20 / 16.8), rel=1e-9)
    assert bouton("protocol", "window", "PairSTDP", "--out", tmp_path / "window.png").exit_code == 0
    assert (tmp_path / "window.png").read_bytes().startswith(b"\x89PNG")


def test_protocols_are_listed(bouton: Any) -> None:
    listed = bouton("protocol", "--help").stdout
    assert all(name in listed for name in ("play", "window", "frequency", "triplets", "bursts", "rates", "short_term"))
    options = " ".join(bouton("protocol", "rates", "--help").stdout.replace("│", " ").split())
    assert "By default [1, 2, 5, 10, 15, 20, 25, 30, 40, 50] Hz" in options


def test_rewards_from_a_file(bouton: Any, trains: list[str], tmp_path: Path) -> None:
    (tmp_path / "reward.txt").write_text("16\n")
    settings = ["--set", "rule=mstdpet", "--set", "reward=events", "--event", f"reward={tmp_path / 'reward.txt'}"]
    rows = list(csv.DictReader(bouton("protocol", "play", "Florian", *trains, *settings).stdout.splitlines()))
    assert [float(row["time_ms"]) for row in rows] == [10.0, 15.0, 16.0, 20.5]
    gained = 0.01 * np.exp(-5 / 20) / 25 * np.exp(-1 / 25)
    assert float(rows[2]["w"]) == pytest.approx(0.5 + gained, rel=1e-9)


def test_rates_from_the_command_line(bouton: Any, tmp_path: Path) -> None:
    few = ["--synapses", "3", "--duration", "1 second", "--dt", "1 ms", "--post", "[0, 40] Hz"]
    rows = list(csv.DictReader(bouton("protocol", "rates", "PairSTDP", "--pre", "[5, 10] Hz", *few).stdout.splitlines()))
    assert [(row["pre_Hz"], row["post_Hz"]) for row in rows] == [("5", "0"), ("5", "40"), ("10", "0"), ("10", "40")]
    one = bouton("protocol", "rates", "PairSTDP", "--pre", "10 Hz", *few, "--out", tmp_path / "rates.png")
    assert one.exit_code == 0, one.stderr
    assert (tmp_path / "rates.png").read_bytes().startswith(b"\x89PNG")


def test_short_term_plasticity_from_the_command_line(bouton: Any, tmp_path: Path) -> None:
    given = ["TsodyksMarkram", "--set", "U=0.2", "--rates", "[10, 50] Hz", "--intervals", "20 ms", "--responses", "3"]
    result = bouton("protocol", "short_term", *given, "--out", tmp_path / "found.csv")
    assert result.exit_code == 0, result.stderr
    rows = list(csv.DictReader((tmp_path / "found.csv").read_text().splitlines()))
    assert [row["stimulus"] for row in rows] == ["train"] * 6 + ["pair"] + ["steady"] * 2
    assert float(rows[6]["relative"]) == pytest.approx((1 + 0.8 * np.exp(-20 / 530)) * (1 - 0.2 * np.exp(-20 / 130)), rel=1e-9)
    assert bouton("protocol", "short_term", *given, "--out", tmp_path / "found.png").exit_code == 0
    assert (tmp_path / "found.png").read_bytes().startswith(b"\x89PNG")


def test_bursts_from_the_command_line(bouton: Any) -> None:
    given = ["--set", "A_plus=0.001", "--lags", "[-60, 20] ms", "--repetitions", "1", "--interval", "1*second", "--w", "0.5"]
    result = bouton("protocol", "bursts", "PairSTDP", *given)
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [float(row["lag_ms"]) for row in rows[14:]] == [-60, 20]
    assert float(rows[15]["change"]) == pytest.approx(0.001 * np.exp(-np.array([20, 40, 60]) / 20).sum(), rel=1e-9)
    assert "in units of the standard error" in result.stderr


@pytest.mark.parametrize(
    "arguments, found",
    [
        (["window", "TsodyksMarkram"], "E401: 'stp' has no weight"),
        (["short_term", "SynapticScaling"], "E401: 'scaling' transmits nothing"),
        (["bursts", "EProp"], "E408: 'eprop' asks the postsynaptic neuron for L, psi"),
        (["rates", "IzhikevichDopamine"], "E408: 'dopamine' waits for events of dopamine"),
        (["rates", "PairSTDP", "--pre", "[5, 10] ms"], "E301"),
    ],
)
def test_what_does_not_apply_is_refused(bouton: Any, arguments: list[str], found: str) -> None:
    result = bouton("protocol", *arguments)
    assert result.exit_code == 2
    assert found in " ".join(result.stderr.split())


def test_an_event_has_a_name_and_a_file(bouton: Any, trains: list[str]) -> None:
    result = bouton("protocol", "play", "IzhikevichDopamine", *trains, "--event", "dopamine")
    assert result.exit_code == 2
    assert "in --event expected: key=value, as in reward=times.txt" in " ".join(result.stderr.split())


@pytest.mark.parametrize("name, rows, last", [("frequency", 10, "0.34"), ("triplets", 13, "2.83")])
def test_data_beside_the_rule(bouton: Any, tmp_path: Path, name: str, rows: int, last: str) -> None:
    chosen = {"frequency": "visual_cortex_full_all_to_all", "triplets": "hippocampus_full_all_to_all"}[name]
    result = bouton("protocol", name, "TripletSTDP", "--parameters", chosen)
    found = list(csv.DictReader(result.stdout.splitlines()))
    assert len(found) == rows
    assert np.corrcoef([float(r["change"]) for r in found], [float(r["measured"]) for r in found])[0, 1] > 0.85
    assert last in result.stderr
    assert bouton("protocol", name, "TripletSTDP", "--parameters", chosen, "--out", tmp_path / "figure.svg").exit_code == 0
    assert "<svg" in (tmp_path / "figure.svg").read_text()


@pytest.mark.parametrize(
    "changed, found",
    [
        (["PairStdp"], "'PairStdp' is not a rule"),
        (["PairSTDP", "--set", "tau=3*ms"], "'tau' is neither a parameter nor an option"),
        (["PairSTDP", "--set", "tau_plus"], "'tau_plus' is not a setting"),
        (["PairSTDP", "--set", "tau_plus=3*mV"], "E301"),
        (["PairSTDP", "--parameters", "song"], "no set of parameters 'song'"),
    ],
)
def test_what_is_refused(bouton: Any, trains: list[str], changed: list[str], found: str) -> None:
    result = bouton("protocol", "play", *changed, *trains)
    assert result.exit_code == 2
    assert found in " ".join(result.stderr.split())


def test_a_file_that_holds_no_times_is_refused(bouton: Any, trains: list[str], tmp_path: Path) -> None:
    (tmp_path / "post.txt").write_text("15\nlater\n")
    result = bouton("protocol", "play", "PairSTDP", *trains)
    assert result.exit_code == 2
    assert "line 2 is 'later'" in " ".join(result.stderr.split())
