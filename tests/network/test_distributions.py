import math

import numpy as np
import pytest
from scipy import stats

from bouton.errors import Code, NetworkError, UnitError
from bouton.network.distributions import AbstractDistribution, LogNormal, Normal, Uniform
from bouton.random import stream_key
from bouton.units import DIMENSIONLESS, dimension_of, ms, mV, nS, volt

KEY = stream_key(3, 1, 4)
MANY = np.arange(20_000)
ALL = [Uniform(-70 * mV, -50 * mV), Normal(0.5, 0.1, low=0), LogNormal(2 * nS, 0.5)]


@pytest.mark.parametrize("distribution", ALL)
def test_an_element_keeps_its_value_whoever_else_is_drawn(distribution):
    all_of_them = distribution.draw(KEY, np.arange(100))
    assert all_of_them.dtype == np.float64
    np.testing.assert_array_equal(distribution.draw(KEY, np.array([80, 7, 7])), all_of_them[[80, 7, 7]])
    assert not np.array_equal(distribution.draw(stream_key(3, 1, 5), np.arange(100)), all_of_them)


@pytest.mark.parametrize(
    "distribution,expected",
    [
        (Uniform(-70 * mV, -50 * mV), stats.uniform(-0.070, 0.020)),
        (Uniform(0, 3), stats.uniform(0, 3)),
        (Normal(20 * ms, 5 * ms), stats.norm(0.020, 0.005)),
        (LogNormal(2 * nS, 0.5), stats.lognorm(0.5, scale=2e-9)),
    ],
)
def test_draws_are_in_base_units_and_follow_the_distribution(distribution, expected):
    values = distribution.draw(KEY, MANY)
    assert stats.kstest(values, expected.cdf).pvalue > 1e-3


def test_normal_is_clipped():
    free, clipped = Normal(1.0, 0.5).draw(KEY, MANY), Normal(1.0, 0.5, low=0.5, high=2.0).draw(KEY, MANY)
    np.testing.assert_array_equal(clipped, np.clip(free, 0.5, 2.0))
    assert {clipped.min(), clipped.max()} == {0.5, 2.0}
    np.testing.assert_array_equal(Normal(1.0, 0.5, high=1.2).draw(KEY, MANY), np.minimum(free, 1.2))


def test_without_spread_all_are_alike():
    assert set(Uniform(2.0, 2.0).draw(KEY, MANY)) == set(Normal(2.0, 0.0).draw(KEY, MANY)) == {2.0}
    assert set(LogNormal(2.0, 0).draw(KEY, MANY)) == {2.0}


@pytest.mark.parametrize(
    "distribution,dimension",
    [
        (Uniform(0, 1), DIMENSIONLESS),
        (Uniform(0, 5 * mV), dimension_of(volt)),
        (Normal(0, 1 * mV), dimension_of(volt)),
        (Normal(0 * mV, mV), dimension_of(volt)),
        (LogNormal(1 * nS, 2), dimension_of(nS)),
    ],
)
def test_dimension(distribution, dimension):
    assert isinstance(distribution, AbstractDistribution)
    assert distribution.dimension == dimension


@pytest.mark.parametrize(
    "make,argument",
    [
        (lambda: Uniform(1, 5 * mV), "low"),
        (lambda: Uniform(1 * ms, 5 * mV), "high"),
        (lambda: Normal(1 * mV, 1), "sd"),
        (lambda: Normal(1 * mV, 1 * mV, high=2 * ms), "high"),
        (lambda: LogNormal(1 * mV, 1 * mV), "sigma"),
    ],
)
def test_dimensions_must_agree(make, argument):
    with pytest.raises(UnitError) as caught:
        make()
    assert caught.value.code is Code.DIMENSION
    assert argument in caught.value.where


@pytest.mark.parametrize(
    "make",
    [
        lambda: Uniform(2, 1),
        lambda: Uniform(5 * mV, 0.001 * volt),
        lambda: Uniform(math.nan, 1),
        lambda: Uniform(0, math.inf),
        lambda: Uniform(0, "1"),
        lambda: Uniform(None, 1),
        lambda: Uniform(0, [1.0, 2.0]),
        lambda: Uniform(0, np.array([1.0, 2.0]) * mV),
        lambda: Normal(0, -1),
        lambda: Normal(math.nan, 1),
        lambda: Normal(0, math.inf),
        lambda: Normal(0, 1, low=2, high=1),
        lambda: Normal(0, 1, low=math.nan),
        lambda: LogNormal(0, 1),
        lambda: LogNormal(-1 * nS, 1),
        lambda: LogNormal(1, -0.1),
        lambda: LogNormal(1, math.nan),
    ],
)
def test_bad_arguments_are_refused(make):
    with pytest.raises(NetworkError) as caught:
        make()
    assert caught.value.code is Code.BAD_VALUE


def test_equal_values_are_equal():
    assert Uniform(0 * mV, 5 * mV) == Uniform(0 * mV, 0.005 * volt)
    assert hash(Uniform(0 * mV, 5 * mV)) == hash(Uniform(0 * mV, 0.005 * volt))
    assert Normal(0, 1) != Normal(0, 1, low=0)
