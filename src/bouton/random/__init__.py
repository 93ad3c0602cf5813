"""Keyed random numbers: the definition that every backend follows."""

from __future__ import annotations

from bouton.random.philox import (
    NEVER,
    Key,
    binomial,
    geometric,
    normal,
    philox4x32,
    poisson,
    stream_key,
    uniform,
    uniform_open,
)

__all__ = [
    "NEVER",
    "Key",
    "binomial",
    "geometric",
    "normal",
    "philox4x32",
    "poisson",
    "stream_key",
    "uniform",
    "uniform_open",
]
