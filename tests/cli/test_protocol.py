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
    rows = [(float(lag), float(change)) for lag, change in list(csv.reader(printed.splitlines()))[1:]]
    assert len(rows) == 101
    assert dict(rows)[20.0] == pytest.approx(0.005 * np.exp(-20 / 16.8), rel=1e-9)
    assert bouton("protocol", "window", "PairSTDP", "--out", tmp_path / "window.png").exit_code == 0
    assert (tmp_path / "window.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name, rows, last", [("frequency", 10, "0.34"), ("triplets", 13, "0.")])
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
