"""The window of pair STDP is known in closed form."""

from __future__ import annotations

import numpy as np

import bouton as bt
from bouton.units import ms, nS, second

RULE = bt.rules.PairSTDP(A_plus=0.01, A_minus=0.02, tau_plus=10 * ms, tau_minus=30 * ms)
LAGS = np.array([-40.0, -3.0, 0.0, 5.0, 50.0]) * ms


def test_one_pairing() -> None:
    found = bt.protocols.window(RULE, LAGS)
    meant = [-0.02 * np.exp(-40 / 30), -0.02 * np.exp(-3 / 30), 0.01, 0.01 * np.exp(-5 / 10), 0.01 * np.exp(-50 / 10)]
    np.testing.assert_allclose(found["change"], meant, rtol=1e-10)
    np.testing.assert_allclose(found["relative"], found["change"] / 0.5)
    np.testing.assert_array_equal(found["lag"], LAGS.magnitude)
    assert found.attrs == {"rule": "stdp", "pairings": 1, "interval_s": 1.0}


def test_many_pairings_and_weights_with_a_unit() -> None:
    """Pairings ten seconds apart do not meet."""
    rule = bt.rules.PairSTDP(unit="nS", A_plus=0.01, A_minus=0.01)
    cell = bt.NeuronModel("received : nS", name="cell")
    found = bt.protocols.window(rule, LAGS, pairings=5, interval=10 * second, w=0.4 * nS, neuron=cell)
    once = bt.protocols.window(bt.rules.PairSTDP(A_plus=0.01, A_minus=0.01), LAGS)
    np.testing.assert_allclose(found["change"], 5 * once["change"], rtol=1e-9)
    np.testing.assert_allclose(found["relative"], found["change"] / 0.4)
    assert found["change"].attrs["units"] == "nS"
