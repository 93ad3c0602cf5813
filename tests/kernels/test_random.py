"""The compiled draws are the definition's, bit for bit."""

import itertools
import math

import numpy as np
import pytest
from numba import njit

from bouton import random
from bouton.kernels import random as kernels

_pick = np.random.default_rng(5)


def _counters(count):
    """Keys and counters of small, 32-bit and larger numbers, up to the largest int64."""
    widths = _pick.choice([4, 16, 32, 40, 63], (count, 3))
    numbers = _pick.integers(0, 2**63 - 1, (count, 3), endpoint=True) >> (63 - widths)
    keys = [random.stream_key(int(seed)) for seed in _pick.integers(0, 2**64 - 1, count, dtype=np.uint64, endpoint=True)]
    corners = itertools.product([0, 2**32 - 1], [0, 2**32, 2**63 - 1], [0, 2**31], [0, 1])
    listed = [((k, k), (element, step, sub)) for k, element, step, sub in corners]
    return listed + [(key, tuple(row)) for key, row in zip(keys, numbers.tolist(), strict=True)]


@pytest.mark.parametrize("name", ["uniform", "normal"])
def test_uniform_and_normal(name):
    reference, kernel = getattr(random, name), getattr(kernels, name)
    for key, counter in _counters(4000):
        assert kernel(*key, *counter) == reference(key, *counter), (key, counter)


def test_geometric():
    u = 1.0 - _pick.random(2000)
    p = np.concatenate(
        (_pick.random(1000) ** 8, 10.0 ** _pick.uniform(-320, 0, 980), np.repeat([0.0, 1.0, -1.0, 2.0, math.nan], 4))
    )
    for pair in zip(u.tolist(), p.tolist(), strict=True):
        found = kernels.geometric(*pair)
        assert isinstance(found, int)
        assert found == random.geometric(*pair), pair


def test_poisson():
    lams = [0.0, -1.0, 16.0, 16.000001, 32.0, 65536.0, 65537.0, 1e12, 1e300, *(10.0 ** _pick.uniform(-6, 2.5, 2000)).tolist()]
    for lam, (key, counter) in zip(lams, _counters(len(lams)), strict=False):
        assert kernels.poisson(lam, *key, *counter) == random.poisson(lam, key, *counter), (lam, key, counter)


def test_binomial():
    ns = [0.0, 1.0, 7.9, -2.0, 33.0, 1e6, 1e12, 1e300, *np.floor(10.0 ** _pick.uniform(0, 3, 2000)).tolist()]
    ps = [0.5, 1.0, 0.5, 0.5, 0.5, 0.1, 0.99, 0.5, *np.abs(_pick.integers(0, 2, 2000) - _pick.random(2000) ** 4).tolist()]
    for n, p, (key, counter) in zip(ns, ps, _counters(len(ns)), strict=False):
        assert kernels.binomial(n, p, *key, *counter) == random.binomial(n, p, key, *counter), (n, p, key, counter)


def test_counts_that_are_not_defined():
    assert all(math.isnan(kernels.poisson(lam, 1, 2, 3, 4, 5)) for lam in (math.nan, math.inf, -math.inf))
    assert all(math.isnan(kernels.binomial(n, p, 1, 2, 3, 4, 5)) for n, p in [(math.nan, 0.5), (math.inf, 0.5), (3.0, math.nan)])


def test_vectorised_loop_gives_the_same_numbers():
    @njit(error_model="numpy")
    def fill(out, k0, k1, step):
        for element in range(out.size):
            out[element] = kernels.uniform(k0, k1, element, step, 0)

    out = np.empty(1003)  # not a multiple of any vector's length
    fill(out, 11, 12, 13)
    np.testing.assert_array_equal(out, random.uniform((11, 12), np.arange(1003), 13))
