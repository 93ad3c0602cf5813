"""A protocol that was prepared once gives what a call with other parameters gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bouton as bt
from bouton.errors import NameError_, SimulationError
from bouton.units import ms, second

LAGS = np.array([-40.0, -3.0, 5.0, 50.0]) * ms
SLOW = {"options": {"backend": "reference"}, "dt": 1 * ms}


def test_a_window_that_was_prepared() -> None:
    ready = bt.protocols.window.prepare(bt.rules.PairSTDP(), LAGS, **SLOW)
    for tau in (10, 30):
        meant = bt.protocols.window(bt.rules.PairSTDP(tau_plus=tau * ms, A_plus=0.02), LAGS, **SLOW)
        assert ready(tau_plus=tau * ms, A_plus=0.02).identical(meant)
    assert ready().identical(meant)  # as it was set last


@pytest.mark.parametrize(
    "protocol, options",
    [
        ("frequency", {"pairings": 1}),
        ("triplets", {"repetitions": 2}),
        ("rates", {"synapses": 2, "duration": 1 * second, "pre": np.array([20.0]) / second, "post": np.array([20.0]) / second}),
        ("bursts", {"repetitions": 1, "lags": LAGS, "interval": 1 * second}),
    ],
)
def test_other_protocols(protocol: str, options: dict[str, Any]) -> None:
    given = {**SLOW, "dt": 5 * ms, **options} if protocol in {"rates", "bursts"} else {**SLOW, **options}
    found = bt.protocols.find(protocol)
    ready = found.prepare(bt.rules.PairSTDP(), **given)
    ready(tau_minus=50 * ms)
    assert ready(tau_minus=10 * ms).identical(found(bt.rules.PairSTDP(tau_minus=10 * ms), **given))


def test_short_term_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials that do not fit at once are drawn as they are in a call."""
    rule = bt.rules.QuantalRelease()
    given = {"train": [10.0, 20.0, 30.0] * ms, "trials": 5, **SLOW}
    whole = bt.protocols.short_term.prepare(rule, **given)
    assert whole().identical(whole())
    monkeypatch.setattr("bouton.protocols.laboratory.short_term.ROOM", 60)
    parts = bt.protocols.short_term.prepare(rule, **given)
    assert parts().identical(bt.protocols.short_term(rule, **given))
    assert not parts().identical(whole())


def test_a_play_that_is_played_again() -> None:
    staged = bt.protocols.stage(
        bt.rules.PairSTDP(), [20.0] * ms, [30.0] * ms, record=("w",), weigh=True, options={"backend": "reference"}, w=0.5
    )
    first = staged.play()
    before = first.grid["w"].values.magnitude.copy()
    again = staged.play(w=0.25, A_plus=0.01)
    np.testing.assert_allclose(again.change(), 0.01 * np.exp(-0.5))
    assert again.grid["w"].values.magnitude[0, 0] == 0.25
    assert len(again.grid["w"].episodes) <= 2
    np.testing.assert_array_equal(staged.play(A_plus=0.005).grid["w"].values.magnitude, before)


def test_what_cannot_be_set() -> None:
    staged = bt.protocols.stage(bt.rules.GraupnerBrunel(), [20.0] * ms, [30.0] * ms, options={"backend": "reference"})
    with pytest.raises(SimulationError, match="delay of a block"):
        staged.play(D=3 * ms)
    with pytest.raises(NameError_, match="'A_plus' is not a variable"):
        staged.play(A_plus=3)
