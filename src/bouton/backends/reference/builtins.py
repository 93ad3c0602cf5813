"""The model-independent kernels in plain Python, on lists."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from bouton.random import philox

Arguments = dict[str, Any]
LATEST = 2**31 - 1


def _spike(a: Arguments, step: int, neuron: int) -> int:
    """Append a neuron to the ring at this step; returns its place."""
    row = step & a["mask"]
    place: int = row * a["width"] + a["counts"][row]
    a["spikes"][place] = neuron
    a["counts"][row] += 1
    a["last"][neuron] = step
    return place


def _clear(a: Arguments, step: int) -> None:
    a["counts"][step & a["mask"]] = 0


def emit_times(a: Arguments, step: int, dt: float) -> None:
    """Spikes at given times."""
    del dt
    _clear(a, step)
    at = a["cursor"][0]
    while at < len(a["times"]) and a["times"][at] <= step:
        if a["times"][at] == step:
            place = _spike(a, step, a["trains"][at])
            if "weights" in a:
                a["weights"][place] = a["given_weights"][at]
        at += 1
    a["cursor"][0] = at


def emit_poisson(a: Arguments, step: int, dt: float) -> None:
    """Poisson trains: the next spike of each is a geometric number of steps away, drawn anew when rates change."""
    _clear(a, step)
    key = (a["key"][0], a["key"][1])
    now = min(step // a["bin_steps"], a["bins"] - 1)
    epoch = a["version"] + now

    def draw(train: int) -> int:
        p = a["rates"][now * a["per_bin"] + (train if a["per_bin"] > 1 else 0)] * dt
        u = philox.uniform_open(key, train, a["number"][train], epoch)
        a["number"][train] += 1
        return philox.geometric(u, p)

    if a["progress"][0] != epoch:
        a["progress"][0] = epoch
        for train in range(a["n"]):
            a["number"][train] = 0
            a["upcoming"][train] = min(step - 1 + draw(train), LATEST)
    for train in range(a["n"]):
        if a["upcoming"][train] == step:
            _spike(a, step, train)
            a["upcoming"][train] = min(step + draw(train), LATEST)


def emit_regular(a: Arguments, step: int, dt: float) -> None:
    """Regular trains, each spike on the step nearest to its time."""
    _clear(a, step)
    for train in range(a["n"]):
        due = math.floor((a["start"][train] + a["number"][train] * a["period"][train]) / dt + 0.5)
        if due == step:
            _spike(a, step, train)
            a["number"][train] += 1


def copy_values(a: Arguments, step: int, dt: float) -> None:
    """Copy one slot to another."""
    del step, dt
    a["copy"][:] = a["values"]


BUILTINS: dict[str, Callable[[Arguments, int, float], None]] = {
    "emit_times": emit_times,
    "emit_weighted_times": emit_times,
    "emit_poisson": emit_poisson,
    "emit_regular": emit_regular,
    "copy_values": copy_values,
}
