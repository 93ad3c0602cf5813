"""The published neurons: ``bt.neurons.LIF(…)`` is a model for `bouton.Population`. A file here is a neuron by existing."""

from __future__ import annotations

from bouton.library.entry import Shelf
from bouton.library.neuron import Neuron

_SHELF: Shelf[Neuron] = Shelf(__name__, __path__, "NEURON")
files, find, named = _SHELF.files, _SHELF.find, _SHELF.named


def __dir__() -> list[str]:
    return _SHELF.names()


def __getattr__(name: str) -> Neuron:
    return _SHELF.get(name)
