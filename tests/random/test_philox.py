import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from bouton import random
from bouton.random.philox import binomial_quantile, large_count, poisson_quantile

KEY = random.stream_key(20110101, 7)
LARGEST = 1.0 - 2.0**-53  # the largest uniform number

# Random123 (D. E. Shaw Research), tests/kat_vectors, the lines "philox4x32 10": counter, key, result.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
words = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("counter,key,result", KNOWN_ANSWERS)
def test_known_answers_of_random123(counter, key, result):
    assert random.philox4x32(counter, key) == result


def test_known_answers_as_arrays():
    counters = tuple(np.array(column, dtype=np.uint64) for column in zip(*(c for c, _, _ in KNOWN_ANSWERS), strict=True))
    keys = tuple(np.array(column, dtype=np.uint64) for column in zip(*(k for _, k, _ in KNOWN_ANSWERS), strict=True))
    found = random.philox4x32(counters, keys)
    assert [tuple(row) for row in np.stack(found, axis=1).tolist()] == [result for _, _, result in KNOWN_ANSWERS]


@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_integers_and_arrays_agree(counter, key):
    arrays = tuple(np.array([word], dtype=np.uint64) for word in counter)
    assert tuple(int(word[0]) for word in random.philox4x32(arrays, key)) == random.philox4x32(counter, key)


def test_results_of_earlier_versions_stay():
    """Whoever changes one of these changes every published number: that needs a major version."""
    assert random.stream_key(1) == (1, 0)
    assert random.stream_key(2**64 - 1, 3, 2**40) == (4291903302, 1843281055)
    assert random.uniform(KEY, 4, 6) == 0.04489126751989525
    assert random.uniform(KEY, 5, 6) == 0.40887532941767313
    assert random.uniform(KEY, 5, 6, 1) == 0.637852192651945
    assert random.uniform_open(KEY, 5, 6) == 0.20852582498235772
    assert random.normal(KEY, 5, 6) == pytest.approx(-1.5187887456488978, rel=1e-15)
    assert random.poisson(100.0, KEY, 5, 6) == 97.0
    assert random.binomial(100, 0.6, KEY, 5, 6) == 62.0


def test_streams_are_told_apart():
    paths = [(), (0,), (1,), (2**32,), (0, 0), (0, 1), (1, 0), (1, 2), (2, 1)]
    keys = {random.stream_key(seed, *path) for seed in (0, 1, 2**32, 2**63, 2**64 - 1) for path in paths}
    assert len(keys) == 5 * len(paths)
    assert all(0 <= word < 2**32 for key in keys for word in key)


def test_a_derived_key_is_not_a_draw_of_its_parent():
    child = random.stream_key(9, 4)
    assert random.philox4x32((4, 0, 0, 0), random.stream_key(9))[:2] != child


@pytest.mark.parametrize("draw", [random.uniform, random.uniform_open, random.normal])
def test_arrays_broadcast_and_agree_with_integers(draw):
    elements, steps = np.array([[0], [3], [2**31], [2**32 - 1]]), np.array([0, 1, 2**32 - 1])
    found = draw(KEY, elements, steps, 2)
    expected = [[draw(KEY, int(element), int(step), 2) for step in steps] for element in elements[:, 0]]
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected)


def test_integers_give_plain_floats():
    assert type(random.uniform(KEY, 1, 2)) is float
    assert type(random.normal(KEY, np.int64(1), np.int64(2))) is float


def test_every_word_of_the_counter_matters():
    draws = {random.uniform(key, *counter) for key in (KEY, (KEY[0], KEY[1] ^ 1)) for counter in np.ndindex(3, 3, 3)}
    assert len(draws) == 54


def test_neighbours_share_a_block():
    words = random.philox4x32((3, 8, 0, 2), KEY)
    for element in (6, 7):
        high, low = words[2 * (element - 6) : 2 * (element - 6) + 2]
        assert random.uniform(KEY, element, 8, 2) == ((high >> 5) * 2**26 + (low >> 6)) / 2**53
    high, low, _, _ = words
    assert random.uniform_open(KEY, 3, 8, 2) == 1.0 - ((high >> 5) * 2**26 + (low >> 6)) / 2**53


@pytest.mark.parametrize("axis", range(3))
def test_uniform_fills_the_interval_along_every_axis(axis):
    counter = [np.full(50_000, 3) for _ in range(3)]
    counter[axis] = np.arange(50_000)
    u = random.uniform(KEY, *counter)
    counts = np.histogram(u, 100, (0, 1))[0]
    assert 1e-4 < stats.chisquare(counts).pvalue < 1 - 1e-4
    pairs = np.histogram2d(u[:-1], u[1:], 10, ((0, 1), (0, 1)))[0]
    assert 1e-4 < stats.chisquare(pairs.ravel()).pvalue < 1 - 1e-4


def test_uniform_has_53_bits():
    scaled = random.uniform(KEY, np.arange(4000), 1) * 2.0**53
    assert (scaled == np.floor(scaled)).all()
    bits = scaled.astype(np.uint64)[:, None] >> np.arange(53, dtype=np.uint64) & np.uint64(1)
    assert (abs(bits.mean(axis=0) - 0.5) < 5 * 0.5 / math.sqrt(4000)).all()


def test_normal_is_normal():
    z = random.normal(KEY, np.arange(50_000), 0)
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(z[:-1], z[1:])[0, 1]) < 5 / math.sqrt(50_000)
    assert stats.kurtosis(z) == pytest.approx(0, abs=5 * math.sqrt(24 / 50_000))


@pytest.mark.parametrize("p", [0.05, 0.5, 0.9])
def test_geometric_counts_trials(p):
    trials = np.array([random.geometric(random.uniform_open(KEY, i, 0), p) for i in range(5000)])
    assert trials.min() == 1
    assert trials.mean() == pytest.approx(1 / p, abs=5 * math.sqrt((1 - p) / p**2 / 5000))
    assert (trials == 1).mean() == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / 5000))


@pytest.mark.parametrize(
    "u,p,expected",
    [
        (0.3, 1.0, 1),
        (1.0, 0.5, 1),
        (0.5, 0.25, 3),
        (1.0, 1e-300, 1),
        (0.5, 0.0, random.NEVER),
        (0.5, -1.0, random.NEVER),
        (0.5, 5e-324, random.NEVER),
        (2.0**-53, 1e-18, random.NEVER),
        (0.5, math.nan, random.NEVER),
    ],
)
def test_geometric_at_the_edges(u, p, expected):
    assert random.geometric(u, p) == expected


@given(st.floats(1e-9, 16), st.floats(0.001, 0.999))
def test_poisson_inversion_agrees_with_scipy(mean, u):
    k = poisson_quantile(mean, u)
    cdf = stats.poisson(mean).cdf
    assert cdf(k) > u - 1e-13
    assert cdf(k - 1) <= u + 1e-13


@given(st.integers(0, 33), st.floats(0, 0.5), st.floats(0.001, 0.999))
def test_binomial_inversion_agrees_with_scipy(n, p, u):
    k = binomial_quantile(n, p, u)
    cdf = stats.binom(n, p).cdf
    assert cdf(k) > u - 1e-13
    assert cdf(k - 1) <= u + 1e-13


@pytest.mark.parametrize("mean", [1e-300, 1e-9, 0.7, 3.3, 16.0])
def test_inversion_ends_at_the_largest_uniform(mean):
    assert poisson_quantile(mean, LARGEST) <= 65
    assert binomial_quantile(32, mean / 32, LARGEST) <= 32


# Means in one piece, in two, and in many; the variance shows whether pieces are independent.
@pytest.mark.parametrize("lam,draws", [(0.3, 4000), (12.0, 4000), (20.0, 4000), (500.0, 600)])
def test_poisson_is_poisson(lam, draws):
    counts = np.array([random.poisson(lam, KEY, i, 2) for i in range(draws)])
    assert counts.mean() == pytest.approx(lam, abs=5 * math.sqrt(lam / draws))
    assert counts.var() == pytest.approx(lam, rel=5 * math.sqrt(2 / draws + 1 / (lam * draws)))


@pytest.mark.parametrize("n,p,draws", [(5, 0.3, 4000), (5, 0.8, 4000), (101, 0.4, 4000), (1000, 0.7, 600)])
def test_binomial_is_binomial(n, p, draws):
    counts = np.array([random.binomial(n, p, KEY, i, 2) for i in range(draws)])
    variance = n * p * (1 - p)
    assert counts.mean() == pytest.approx(n * p, abs=5 * math.sqrt(variance / draws))
    assert counts.var() == pytest.approx(variance, rel=5 * math.sqrt(2 / draws + 1 / (variance * draws)))
    assert counts.min() >= 0
    assert counts.max() <= n


@pytest.mark.parametrize("mean,p", [(65536.0, 0.0), (65536.0, 0.1), (65536.0, 0.5)])
def test_large_counts_have_the_right_distribution(mean, p):
    exact = stats.binom(round(mean / p), p) if p else stats.poisson(mean)
    sd = math.sqrt(mean * (1 - p))
    for k in np.floor(mean + sd * np.linspace(-5, 5, 51)):
        deviate = optimize.brentq(lambda z, k=k: large_count(mean, p, z) - k - 0.5, -8, 8)  # where k turns into k + 1
        assert stats.norm.cdf(deviate) == pytest.approx(exact.cdf(k), abs=3e-7)


def test_counts_of_any_size_are_quick():
    assert random.poisson(1e300, KEY, 0, 0) == pytest.approx(1e300)
    assert random.binomial(1e300, 0.75, KEY, 0, 0) == pytest.approx(0.75e300)


def test_sub_counters_of_counts_do_not_overlap():
    assert len({random.poisson(3e4, KEY, 0, 0, sub) for sub in range(4)}) == 4


@pytest.mark.parametrize(
    "count,expected",
    [
        (random.poisson(0.0, KEY, 0, 0), 0.0),
        (random.poisson(-3.0, KEY, 0, 0), 0.0),
        (random.poisson(math.nan, KEY, 0, 0), math.nan),
        (random.poisson(math.inf, KEY, 0, 0), math.nan),
        (random.binomial(10, 0.0, KEY, 0, 0), 0.0),
        (random.binomial(10, -0.1, KEY, 0, 0), 0.0),
        (random.binomial(10, 1.0, KEY, 0, 0), 10.0),
        (random.binomial(10, 1.1, KEY, 0, 0), 10.0),
        (random.binomial(10.9, 1.0, KEY, 0, 0), 10.0),
        (random.binomial(0, 0.5, KEY, 0, 0), 0.0),
        (random.binomial(-5, 0.5, KEY, 0, 0), 0.0),
        (random.binomial(10, math.nan, KEY, 0, 0), math.nan),
        (random.binomial(math.inf, 0.5, KEY, 0, 0), math.nan),
    ],
)
def test_counts_at_the_edges(count, expected):
    assert type(count) is float
    assert count == expected or (math.isnan(count) and math.isnan(expected))


def test_functions_of_arrays_are_those_of_the_c_library():
    x = np.random.default_rng(7).uniform(1e-9, 1.0, 2000)
    for name in ("log", "exp", "cos"):
        found = getattr(random.exactly, name)(x.reshape(4, 500))
        assert found.ravel().tolist() == [getattr(math, name)(value) for value in x.tolist()]
    assert random.exactly.exp(np.array([800.0])).tolist() == [math.inf]
