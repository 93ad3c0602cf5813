"""What the scripts that drive other simulators share: irregular trains, and files as `bouton.validation.recorded` reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

DT = 0.1  # ms
STEPS = 2000


def trains(seed: int, late: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Steps of 45 spikes of each side, ten of which meet at the synapse, where presynaptic spikes arrive ``late`` steps after.

    Some spikes of either side are in consecutive steps, of one side and of both.
    """
    rng = np.random.default_rng(seed)
    some = np.arange(20, STEPS - 100)
    pre = np.sort(rng.choice(some[::2], 43, replace=False))
    pre = np.sort(np.concatenate([pre, pre[[7, 30]] + 1]))
    together = pre[[3, 4, 7, 11, 12, 13, 25, 30, 31, 40]] + late
    other = rng.choice(np.setdiff1d(some, pre + late), 33, replace=False)
    beside = np.setdiff1d(np.concatenate([together[[1, 5]] + 1, other[:8] + 1]), np.concatenate([pre + late, other]))[:2]
    return pre, np.sort(np.concatenate([together, other, beside]))


def write(folder: Path, name: str, about: dict[str, Any], pre: np.ndarray, post: np.ndarray, **arrays: np.ndarray) -> None:
    """One file; ``pre`` and ``post`` are steps."""
    times = {"pre_ms": np.round(pre * DT, 6), "post_ms": np.round(post * DT, 6)}
    np.savez_compressed(folder / f"{name}.npz", about=json.dumps(about), **times, **arrays)
    print(f"{name}: {len(arrays['value'])} values, {arrays['value'].min():.6g} to {arrays['value'].max():.6g}")
