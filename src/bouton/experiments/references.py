"""The measured results of the original experiments, which ours are held to."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray


@cache
def load(name: str) -> Mapping[str, NDArray[Any]]:
    """The arrays of ``reference/NAME.npz`` by their names, not to be written to.

    ``reference/README.md`` says where each comes from, its shape and its unit. Raises FileNotFoundError.
    """
    file = importlib.resources.files("bouton.experiments").joinpath("reference", f"{name}.npz")
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    for array in arrays.values():
        array.flags.writeable = False
    return MappingProxyType(arrays)


def largest(found: Any, expected: Any) -> float:
    """The largest absolute difference of two arrays; infinite if their shapes differ."""
    a, b = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if a.shape != b.shape:
        return float("inf")
    return float(np.abs(a - b).max(initial=0.0))


def unchanged(settings: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
    """True if every setting has its default value: only then do the reference arrays apply."""
    return all(settings[name] is value or _equal(settings[name], value) for name, value in defaults.items())


def _equal(a: Any, b: Any) -> bool:
    try:
        same = a == b
    except ValueError:  # Pint refuses to compare some units
        return False
    return bool(np.all(same))
