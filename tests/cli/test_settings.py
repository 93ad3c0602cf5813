"""`--set key=value`: what is read, and what is refused with which code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bouton.cli.settings import read_settings, read_value
from bouton.errors import BoutonError
from bouton.experiments import Experiment
from bouton.units import ms, mV, second

ARRAY = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "text, default, expected",
    [
        ("20*ms", 1 * ms, 20.0 * ms),
        ("20 ms", 1 * ms, 20.0 * ms),
        ("  -2.5e1  ms ", 1 * ms, -25.0 * ms),
        ("0.02*second", 1 * ms, 0.02 * second),
        ("2*(10*ms + 1*second)", 1 * ms, 2020.0 * ms),
        ("5 mV/ms", 1 * mV / ms, 5.0 * mV / ms),
        ("5 mV*ms**-1", 1 * mV / ms, 5.0 * mV / ms),
        ("3/ms", 1 / ms, 3.0 / ms),
        ("ms", 1 * second, 1.0 * ms),
        ("0", 1 * ms, 0.0 * ms),
        ("0.25", 1.0, 0.25),
        ("-1/4", 1.0, -0.25),
        ("20*ms/ms", 1.0, 20.0),
        ("20*ms/second", 1.0, 0.02),
        ("7", 3, 7),
        ("1e3", 3, 1000),
    ],
)
def test_one_value(text: str, default: Any, expected: Any) -> None:
    value = read_value(text, default, "--set x")
    assert value == expected
    assert type(value) is type(expected)
    assert getattr(value, "units", None) == getattr(expected, "units", None), "kept in the unit that was written"


@pytest.mark.parametrize(
    "text, default, expected",
    [
        ("[10, 20] ms", ARRAY * ms, [10, 20]),
        ("[10, 20]*ms", ARRAY * ms, [10, 20]),
        ("[10*ms, 0.02*second]", ARRAY * ms, [10, 20]),
        ("[10] ms", ARRAY * ms, [10]),
        ("10 ms", ARRAY * ms, [10, 10, 10]),
        ("0.3", ARRAY, [0.3, 0.3, 0.3]),
        ("[1, -2, 1/4]", ARRAY, [1, -2, 0.25]),
    ],
)
def test_arrays(text: str, default: Any, expected: list[float]) -> None:
    value = read_value(text, default, "--set x")
    assert getattr(value, "magnitude", value).tolist() == pytest.approx(expected, rel=1e-15)
    assert getattr(value, "units", None) == getattr(default, "units", None)


@pytest.mark.parametrize(
    "text, code",
    [
        ("tau", "E101"),
        ("tau=", "E101"),
        ("=3", "E101"),
        ("tau=3 +* 4", "E101"),
        ("tau=20 ms ms", "E101"),
        ("tau=2*10 ms", "E101"),
        ("tau=(1).real*ms", "E102"),
        ("tau=ms.__class__", "E102"),
        ("tau=[20*ms][0]", "E102"),
        ("tau=[20, 30]*ms", "E102"),
        ("tau=lambda: 1", "E102"),
        ("tau=20*ms if 1 else 2", "E102"),
        ("tau=exp(1)*ms", "E102"),
        ("tau=1 < 2", "E102"),
        ("tau=__import__('os')", "E103"),
        ("tau=20*mss", "E201"),
        ("tau=inf", "E201"),
        ("taus=20*ms", "E206"),
        ("word=other", "E401"),
        ("tau=20", "E301"),
        ("tau=20*mV", "E301"),
        ("w=20*mV", "E301"),
        ("tau=20*ms + 1*mV", "E301"),
        ("w=2**ms", "E301"),
        ("w=1/0", "E401"),
        ("w=1e999", "E401"),
        ("w=10**10**10", "E401"),
        ("w=(-1)**0.5", "E401"),
        ("cells=2.5", "E401"),
        ("many=[1,,2] mV", "E406"),
        ("many=[] mV", "E406"),
        ("many=[1, 2]", "E301"),
    ],
)
def test_refusals(bouton: Any, text: str, code: str) -> None:
    result = bouton("run", "toy", "--set", text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{code}: ")
    assert "--set" in result.stderr or code == "E206"


def test_a_setting_given_twice(toys: dict[str, Experiment]) -> None:
    with pytest.raises(BoutonError, match="E202: 'w' is set twice"):
        read_settings(["w=1", "w=2"], toys["toy"])


def test_a_misspelt_setting_or_unit_is_named(bouton: Any) -> None:
    assert "did you mean 'tau'?" in bouton("run", "toy", "--set", "taus=20*ms").stderr
    message = bouton("run", "toy", "--set", "tau=20*mss").stderr
    assert "20*mss\n       ^^^\n" in message
    assert "did you mean 'ms'?" in message


def test_the_run_sees_the_settings(toys: dict[str, Experiment]) -> None:
    toy = toys["toy"]
    result = toy.run(read_settings(["cells=5", "tau=30 ms", "many=[3] mV"], toy))
    assert result.values["settings"]["cells"] == 5
    assert result.values["settings"]["tau"] == 30 * ms
    assert result.values["settings"]["many"].tolist() == [3 * mV]
