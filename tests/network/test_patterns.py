import math
import subprocess
import sys
import types

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bouton.errors import Code, NetworkError
from bouton.network.patterns import (
    AbstractPattern,
    AllToAll,
    Bernoulli,
    FixedInDegree,
    FixedOutDegree,
    FromSparse,
    OneToOne,
    Pairs,
    bernoulli,
    sampling,
)
from bouton.random import stream_key
from bouton.units import nS

KEY = stream_key(20, 26)
MATRIX = scipy.sparse.coo_array(([1.0, 0.0, 2.5, 4.0], ([2, 0, 1, 2], [0, 1, 3, 0])), shape=(3, 4))


def connect(pattern, n_source, n_target, key=KEY, same=False):
    sources, targets = pattern.connect(n_source, n_target, key, same)
    assert sources.dtype == targets.dtype
    assert sources.dtype in {np.dtype(np.int32), np.dtype(np.int64)}
    assert sources.shape == targets.shape == (sources.size,)
    return sources, targets


def pairs_of(pattern, n_source, n_target, key=KEY, same=False):
    return list(zip(*(side.tolist() for side in connect(pattern, n_source, n_target, key, same)), strict=True))


def refusal(make):
    with pytest.raises(NetworkError) as caught:
        make()
    return caught.value


def test_all_to_all():
    assert pairs_of(AllToAll(), 2, 3) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert pairs_of(AllToAll(False), 2, 2, same=True) == [(0, 1), (1, 0)]
    assert len(pairs_of(AllToAll(False), 2, 2, same=False)) == len(pairs_of(AllToAll(), 2, 2, same=True)) == 4


def test_one_to_one():
    assert pairs_of(OneToOne(), 3, 3) == [(0, 0), (1, 1), (2, 2)]
    assert refusal(lambda: OneToOne().connect(3, 4, KEY, False)).code is Code.BAD_SHAPE


@given(
    st.one_of(
        st.builds(Bernoulli, st.floats(0, 1), st.booleans()),
        st.builds(FixedInDegree, st.integers(0, 30), st.booleans(), st.booleans()),
        st.builds(FixedOutDegree, st.integers(0, 30), st.booleans(), st.booleans()),
        st.builds(AllToAll, st.booleans()),
    ),
    st.integers(31, 60),
    st.integers(31, 60),
    st.booleans(),
)
def test_pairs_are_in_range_in_order_and_single(pattern, n_source, n_target, same):
    n_target = n_source if same else n_target
    found = pairs_of(pattern, n_source, n_target, same=same)
    assert all(0 <= source < n_source and 0 <= target < n_target for source, target in found)
    assert found == sorted(found)
    if not getattr(pattern, "multapses", False):
        assert len(set(found)) == len(found)
    if same and not pattern.self_connections:
        assert all(source != target for source, target in found)


# Bernoulli


def test_threads_draw_the_same_pairs(monkeypatch):
    monkeypatch.setattr(bernoulli, "_DRAWS_AT_ONCE", 100)  # many blocks
    alone = Bernoulli(0.05).connect(80, 1500, KEY, False)
    together = Bernoulli(0.05).connect(80, 1500, KEY, False, threads=3)
    np.testing.assert_array_equal(alone, together)


@pytest.mark.parametrize("p", [0.001, 0.1, 0.5, 0.97])
def test_bernoulli_connects_a_share_p_of_the_pairs_wherever_they_lie(p):
    sources, targets = connect(Bernoulli(p), 300, 2100)  # two chunks and a bit
    bound = 5 * math.sqrt(300 * 2100 * p * (1 - p))
    assert abs(sources.size - 300 * 2100 * p) < bound
    for ends, size, trials in ((sources, 300, 2100), (targets, 2100, 300)):
        counts = np.bincount(ends, minlength=size)
        statistic = ((counts - trials * p) ** 2).sum() / (trials * p * (1 - p))
        assert 1e-4 < stats.chi2(size).sf(statistic) < 1 - 1e-4


def test_bernoulli_at_the_ends():
    assert pairs_of(Bernoulli(0), 20, 30) == []
    assert pairs_of(Bernoulli(5e-324), 20, 30) == []
    assert pairs_of(Bernoulli(1), 20, 30) == pairs_of(AllToAll(), 20, 30)
    assert pairs_of(Bernoulli(1, self_connections=False), 9, 9, same=True) == pairs_of(AllToAll(False), 9, 9, same=True)


@given(st.integers(1, 40), st.integers(1, 2500))
def test_bernoulli_pairs_do_not_depend_on_the_sizes(n_source, n_target):
    everything = pairs_of(Bernoulli(0.02), 40, 2500)
    within = [(source, target) for source, target in everything if source < n_source and target < n_target]
    assert pairs_of(Bernoulli(0.02), n_source, n_target) == within


def test_bernoulli_without_self_connections_only_leaves_those_out():
    kept = [pair for pair in pairs_of(Bernoulli(0.3), 50, 50, same=True) if pair[0] != pair[1]]
    assert pairs_of(Bernoulli(0.3, self_connections=False), 50, 50, same=True) == kept
    assert len(pairs_of(Bernoulli(0.3, self_connections=False), 50, 50)) > len(kept)


def test_bernoulli_does_not_depend_on_how_much_is_drawn_at_once(monkeypatch):
    expected = pairs_of(Bernoulli(0.05), 30, 1500)
    monkeypatch.setattr(bernoulli, "_DRAWS_AT_ONCE", 1)
    assert pairs_of(Bernoulli(0.05), 30, 1500) == expected
    starved = types.SimpleNamespace(ceil=lambda _: -1, sqrt=math.sqrt, log1p=math.log1p)  # one draw where 80 are needed
    monkeypatch.setattr(bernoulli, "math", starved)
    assert pairs_of(Bernoulli(0.05), 30, 1500) == expected


def test_keys_tell_projections_apart():
    for pattern in (Bernoulli(0.5), FixedInDegree(5), FixedOutDegree(5)):
        assert pairs_of(pattern, 20, 20) == pairs_of(pattern, 20, 20)
        assert pairs_of(pattern, 20, 20) != pairs_of(pattern, 20, 20, key=stream_key(20, 27))


# Fixed degrees


@pytest.mark.parametrize("multapses", [False, True])
@pytest.mark.parametrize("k", [0, 1, 12, 49])
def test_every_target_or_source_has_its_degree(k, multapses):
    _, targets = connect(FixedInDegree(k, multapses, self_connections=False), 50, 50, same=True)
    assert np.bincount(targets, minlength=50).tolist() == [k] * 50
    sources, _ = connect(FixedOutDegree(k, multapses, self_connections=False), 50, 50, same=True)
    assert np.bincount(sources, minlength=50).tolist() == [k] * 50


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_every_choice_without_repetition_is_equally_likely(k):
    for pattern, end, sizes in ((FixedInDegree(k), 0, (5, 10_000)), (FixedOutDegree(k), 1, (10_000, 5))):
        found = connect(pattern, *sizes)
        sets = np.bincount(found[1 - end], weights=2.0 ** found[end], minlength=10_000)
        counts = np.unique(sets, return_counts=True)[1]
        assert counts.size == math.comb(5, k)
        assert 1e-4 < stats.chisquare(counts).pvalue < 1 - 1e-4


def test_choices_with_repetition_are_independent():
    _, targets = connect(FixedOutDegree(2, multapses=True), 10_000, 3)
    counts = np.unique(targets.reshape(-1, 2) @ [10, 1], return_counts=True)
    assert counts[0].tolist() == [0, 1, 2, 11, 12, 22]
    assert stats.chisquare(counts[1], 10_000 / 9 * np.array([1, 2, 2, 1, 2, 1])).pvalue > 1e-4


def test_others_than_oneself_are_equally_likely():
    sources, targets = connect(FixedInDegree(10, self_connections=False), 41, 41, same=True)
    offsets = np.bincount((sources - targets) % 41, minlength=41)
    assert offsets[0] == 0
    assert 1e-4 < stats.chisquare(offsets[1:]).pvalue < 1 - 1e-4


@pytest.mark.parametrize("multapses", [False, True])
@pytest.mark.parametrize("k", [3, 20, 30])
def test_partners_do_not_depend_on_how_many_others_choose(k, multapses):
    by_source = pairs_of(FixedOutDegree(k, multapses), 50, 31)
    assert pairs_of(FixedOutDegree(k, multapses), 9, 31) == [pair for pair in by_source if pair[0] < 9]
    by_target = pairs_of(FixedInDegree(k, multapses), 31, 50)
    assert pairs_of(FixedInDegree(k, multapses), 31, 9) == [pair for pair in by_target if pair[1] < 9]


def test_fixed_degrees_do_not_depend_on_how_much_is_drawn_at_once(monkeypatch):
    expected = pairs_of(FixedInDegree(12), 30, 40)
    monkeypatch.setattr(sampling, "_DRAWS_AT_ONCE", 1)
    assert pairs_of(FixedInDegree(12), 30, 40) == expected
    monkeypatch.setattr(sampling, "math", types.SimpleNamespace(ceil=lambda _: -1, sqrt=math.sqrt, log1p=math.log1p))
    assert pairs_of(FixedInDegree(12), 30, 40) == expected


@pytest.mark.parametrize(
    "pattern,n_source,n_target",
    [
        (FixedInDegree(5), 4, 9),
        (FixedOutDegree(5), 9, 4),
        (FixedInDegree(5, self_connections=False), 5, 5),
        (FixedOutDegree(5, self_connections=False), 5, 5),
        (FixedInDegree(1, multapses=True, self_connections=False), 1, 1),
    ],
)
def test_more_partners_than_there_are_is_refused(pattern, n_source, n_target):
    error = refusal(lambda: pattern.connect(n_source, n_target, KEY, n_source == n_target))
    assert error.code is Code.BAD_VALUE
    assert f"k is {pattern.k}" in error.message


# Listed synapses


def test_pairs_keep_the_order_and_may_repeat():
    assert pairs_of(Pairs([2, 0, 2, 2], [1, 1, 0, 1]), 3, 2) == [(2, 1), (0, 1), (2, 0), (2, 1)]
    assert pairs_of(Pairs([], []), 3, 2) == []
    assert pairs_of(Pairs(np.array([1], dtype=np.uint8), range(1)), 3, 2) == [(1, 0)]


def test_pairs_are_values():
    sources = np.array([0, 1])
    pattern = Pairs(sources, [1, 0])
    sources[0] = 5
    assert pattern == Pairs([0, 1], [1, 0])
    assert hash(pattern) == hash(Pairs([0, 1], [1, 0]))
    assert pattern != Pairs([1, 0], [0, 1])
    assert pattern != AllToAll()
    with pytest.raises(ValueError, match="read-only"):
        pattern.sources[0] = 1


@pytest.mark.parametrize(
    "sources,targets,code,said",
    [
        ([0, 1], [0], Code.BAD_SHAPE, "2 sources and 1 targets"),
        ([[0, 1]], [[0, 1]], Code.BAD_SHAPE, "(1, 2)"),
        ([0, 1, -1], [0, 0, 0], Code.BAD_INDEX, "entry 2 is -1"),
        ([0, 1], [0.0, 0.5], Code.BAD_INDEX, "float64"),
        ([True, False], [0, 1], Code.BAD_INDEX, "bool"),
        ([0, 3], [0, 0], Code.BAD_INDEX, "entry 1 is 3"),
        ([0, 1, 0], [0, 2, 1], Code.BAD_INDEX, "entry 1 is 2"),
    ],
)
def test_bad_pairs_are_refused(sources, targets, code, said):
    error = refusal(lambda: Pairs(sources, targets).connect(3, 2, KEY, False))
    assert error.code is code
    assert said in error.message


# Sparse matrices


def test_stored_entries_become_synapses_in_their_order():
    pattern = FromSparse(MATRIX)
    assert pairs_of(pattern, 3, 4) == [(2, 0), (0, 1), (1, 3), (2, 0)]
    assert list(pattern.values()) == ["w"]
    assert pattern.values()["w"].tolist() == [1.0, 0.0, 2.5, 4.0]


@pytest.mark.parametrize("kind", ["csr_array", "csc_array", "lil_array", "dok_array", "csr_matrix"])
def test_every_kind_of_sparse_matrix_will_do(kind):
    pattern = FromSparse(getattr(scipy.sparse, kind)(MATRIX), "g")
    dense = np.zeros((3, 4))
    dense[connect(pattern, 3, 4)] = pattern.values()["g"]
    np.testing.assert_array_equal(dense, MATRIX.toarray())


def test_matrix_with_a_unit():
    values = FromSparse(scipy.sparse.coo_array(np.eye(2)) * nS).values()["w"]
    assert values.units == nS
    assert values.magnitude.tolist() == [1.0, 1.0]


def test_sparse_patterns_are_values():
    matrix = MATRIX.copy()
    pattern = FromSparse(matrix)
    matrix.data[0] = 77.0
    assert pattern == FromSparse(MATRIX)
    assert hash(pattern) == hash(FromSparse(MATRIX))
    assert pattern != FromSparse(matrix)
    assert pattern != FromSparse(MATRIX, "g")
    assert pattern != FromSparse(MATRIX * nS)


@pytest.mark.parametrize(
    "matrix,code",
    [
        (np.eye(3), Code.BAD_SHAPE),
        ([[1.0]], Code.BAD_SHAPE),
        (scipy.sparse.coo_array(np.ones(3)), Code.BAD_SHAPE),
        (scipy.sparse.coo_array(np.array([[math.nan]])), Code.BAD_VALUE),
        (scipy.sparse.coo_array(np.array([[1j]])), Code.BAD_VALUE),
    ],
)
def test_bad_matrices_are_refused(matrix, code):
    assert refusal(lambda: FromSparse(matrix)).code is code


def test_matrix_of_another_shape_is_refused():
    error = refusal(lambda: FromSparse(MATRIX).connect(4, 3, KEY, False))
    assert error.code is Code.BAD_SHAPE
    assert "matrix.T" in error.hint
    assert refusal(lambda: FromSparse(MATRIX).connect(3, 5, KEY, False)).hint is None


def test_scipy_is_not_loaded_with_the_patterns():
    command = "import sys, bouton.network.patterns; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


# All


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bernoulli(-0.1),
        lambda: Bernoulli(1.1),
        lambda: Bernoulli(math.nan),
        lambda: Bernoulli("often"),
        lambda: FixedInDegree(-1),
        lambda: FixedOutDegree(-1),
        lambda: FixedInDegree(2.5),
        lambda: FixedOutDegree(None),
    ],
)
def test_bad_arguments_are_refused(make):
    assert refusal(make).code is Code.BAD_VALUE


@pytest.mark.parametrize(
    "pattern", [AllToAll(), OneToOne(), Bernoulli(0.5), FixedInDegree(2), FixedOutDegree(2), Pairs([0], [1])]
)
def test_only_sparse_matrices_bring_values(pattern):
    assert isinstance(pattern, AbstractPattern)
    assert pattern.values() == {}


def test_equal_arguments_make_equal_patterns():
    assert (
        len(
            {
                AllToAll(),
                AllToAll(True),
                OneToOne(),
                OneToOne(),
                Bernoulli(1),
                Bernoulli(1.0),
                FixedInDegree(np.int64(3)),
                FixedInDegree(3),
            }
        )
        == 4
    )
    assert AllToAll() != AllToAll(False)
    assert FixedInDegree(3) != FixedOutDegree(3)


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("own", [False, True])
def test_the_expected_number_is_the_mean_of_what_is_drawn(same, own):
    patterns = [
        AllToAll(own),
        Bernoulli(0.3, own),
        FixedInDegree(7, self_connections=own),
        FixedOutDegree(7, self_connections=own),
    ]
    patterns += [OneToOne(), Pairs([0, 3, 3], [1, 2, 2])]
    for pattern in patterns:
        found = [len(connect(pattern, 40, 40, stream_key(seed, 9), same)[0]) for seed in range(50)]
        error = 4 * np.std(found) / math.sqrt(len(found))
        assert abs(np.mean(found) - pattern.expected(40, 40, same)) <= error + 1e-9
    matrix = scipy.sparse.coo_array(([1.0, 0.0], ([2, 0], [0, 1])), shape=(3, 4))
    assert FromSparse(matrix).expected(3, 4, same) == 2
