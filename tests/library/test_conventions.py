"""What is asked for by another simulator's name."""

from __future__ import annotations

import pytest

import bouton as bt
from bouton.errors import NameError_
from bouton.library.conventions import delays
from bouton.units import ms


def test_delays_are_named_after_where_they_are() -> None:
    assert delays("nest", 1 * ms) == {"dendritic_delay": 1 * ms, "backprop_delay": 1 * ms}
    assert delays("brian2", 1 * ms) == delays("annarchy", 1 * ms) == {"axonal_delay": 1 * ms}


def test_unknown_names_are_refused() -> None:
    with pytest.raises(NameError_, match=r"E206: 'Nest' is not a simulator(.|\n)*did you mean 'nest'"):
        delays("Nest", 1 * ms)
    with pytest.raises(NameError_, match="E206: there is no convention 'neuron'"):
        bt.rules.PairSTDP(convention="neuron")
