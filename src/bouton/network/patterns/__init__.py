"""Connection patterns: which source is connected to which target."""

from __future__ import annotations

from bouton.network.patterns.all_to_all import AllToAll
from bouton.network.patterns.base import AbstractPattern
from bouton.network.patterns.bernoulli import Bernoulli
from bouton.network.patterns.fixed_in_degree import FixedInDegree
from bouton.network.patterns.fixed_out_degree import FixedOutDegree
from bouton.network.patterns.from_sparse import FromSparse
from bouton.network.patterns.one_to_one import OneToOne
from bouton.network.patterns.pairs import Pairs

__all__ = [
    "AbstractPattern",
    "AllToAll",
    "Bernoulli",
    "FixedInDegree",
    "FixedOutDegree",
    "FromSparse",
    "OneToOne",
    "Pairs",
]
