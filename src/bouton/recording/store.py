"""Columns that grow: a long run appends thousands of chunks, and nobody may ever read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Steps: TypeAlias = NDArray[np.int64]
Ids: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


class Store:
    """What one episode recorded: named columns, kept as chunks and joined when they are read.

    Parameters
    ----------
    empty: an array of length 0 for each column, with its dtype and the shape of its rows.
    first_step: the step at which the episode begins.
    """

    def __init__(self, empty: Mapping[str, NDArray[Any]], first_step: int = 0) -> None:
        self._chunks = {name: [array] for name, array in empty.items()}
        self.first_step = first_step
        self.n_steps = 0  # how far the run has come since first_step, where a recording counts it

    def append(self, **columns: ArrayLike) -> None:
        """Add rows: a chunk for each column. Raises ValueError if a chunk does not have the shape of its column."""
        rows = len(np.asarray(next(iter(columns.values()))))
        for name, chunk in columns.items():
            first = self._chunks[name][0]
            copied = np.array(chunk, dtype=first.dtype)  # always a copy: kernels fill their buffers again
            if copied.shape != (rows, *first.shape[1:]):
                raise ValueError(f"{name}: shape {copied.shape}, expected {(rows, *first.shape[1:])}")
            self._chunks[name].append(copied)

    def __getitem__(self, name: str) -> NDArray[Any]:
        chunks = self._chunks[name]
        if len(chunks) > 1:
            chunks[:] = [np.concatenate(chunks)]
        chunks[0].flags.writeable = False  # what was recorded is handed out without a copy
        return chunks[0]
