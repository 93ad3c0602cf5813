"""Growing columns and labels of time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bouton.recording.base import first_step_from, milliseconds
from bouton.recording.store import Store
from bouton.units import ms


def test_chunks_join_in_order_also_when_read_in_between() -> None:
    store = Store({"steps": np.empty(0, np.int64), "values": np.empty((0, 2))})
    for k in range(1000):
        store.append(steps=[k], values=[[k, -k]])
        if k % 300 == 0:
            assert len(store["values"]) == k + 1
    assert np.array_equal(store["steps"], np.arange(1000))
    assert np.array_equal(store["values"], np.arange(1000)[:, None] * [1.0, -1.0])
    assert store["values"] is store["values"], "joined once"


def test_buffers_of_the_caller_may_be_filled_again() -> None:
    store = Store({"steps": np.empty(0, np.int64)})
    buffer = np.arange(3)
    store.append(steps=buffer)
    buffer[:] = -1
    assert store["steps"].tolist() == [0, 1, 2]


def test_what_was_recorded_cannot_be_overwritten() -> None:
    store = Store({"steps": np.empty(0, np.int64)})
    store.append(steps=[1])
    with pytest.raises(ValueError, match="read-only"):
        store["steps"][0] = 2


@pytest.mark.parametrize("values", [np.zeros((2, 3)), np.zeros((3, 3)), np.zeros(6)])
def test_a_chunk_of_another_shape_is_refused(values: np.ndarray) -> None:
    store = Store({"steps": np.empty(0, np.int64), "values": np.empty((0, 2))})
    with pytest.raises(ValueError, match="values: shape"):
        store.append(steps=[0, 1, 2], values=values)


@pytest.mark.parametrize("dt, in_ms", [(1e-4, "1/10"), (1e-3, "1"), (0.3e-3, "3/10"), (2.5e-5, "1/40"), (2e-3, "2")])
def test_labels_are_the_doubles_nearest_to_the_exact_times(dt: float, in_ms: str) -> None:
    steps = np.arange(0, 5_000_000, 997)
    exact = [float(int(k) * Fraction(in_ms)) for k in steps]
    assert milliseconds(steps, dt).tolist() == exact


def test_a_step_that_is_no_round_number_is_multiplied() -> None:
    dt = np.pi * 1e-5
    assert milliseconds(np.array([1, 10**6]), dt) == pytest.approx([dt * 1e3, dt * 1e9], rel=1e-15)


def test_times_on_the_grid_lead_back_to_their_step() -> None:
    steps = range(5000)
    assert [first_step_from(k / 10 * ms, 1e-4, "start") for k in steps] == list(steps)
    assert first_step_from(0.301 * ms, 1e-4, "start") == 4
