"""Gaps by marks are those by logarithms, and the guide leads to them."""

import math

import numpy as np
import pytest

from bouton.network.patterns import gaps


@pytest.mark.parametrize("p", [5e-324, 1e-17, 1e-9, 1e-4, 0.01, 0.1, 0.5, 0.9, 0.999, 1 - 1e-16])
def test_gaps_are_those_by_the_logarithm(p: float) -> None:
    n = np.random.default_rng(3).integers(0, gaps.RESOLUTION, 200_000)
    u = 1.0 - n / gaps.RESOLUTION
    with np.errstate(over="ignore"):
        expected = np.minimum(np.log(u) / math.log1p(-p), gaps.CHUNK).astype(np.int64)
    np.testing.assert_array_equal(gaps.gaps(u, p), expected)


@pytest.mark.parametrize("p", [0.0, 5e-324, 1e-9, 0.003, 0.1, 0.97])
def test_marks_and_guide_say_the_same(p: float) -> None:
    marks, guide = gaps.marks(p), gaps.guide(p)
    assert len(marks) == gaps.MARKS
    assert len(guide) == gaps.GUIDE
    assert (np.diff(marks) >= 0).all()
    edges = np.clip(np.concatenate([marks - 1, marks, marks + 1]), 0, gaps.RESOLUTION - 1)
    for n in {0, gaps.RESOLUTION - 1, *edges.tolist()}:
        gap = int(guide[n >> (53 - gaps.GUIDE_BITS)])
        while marks[gap + 1] <= n:
            gap += 1
        assert marks[gap] <= n
        if p > 0.0:
            assert gaps.gaps(np.array([1.0 - n / gaps.RESOLUTION]), p)[0] == gap


def test_the_share_of_gaps_of_nothing_is_p() -> None:
    for p in (1e-12, 0.2, 0.75):
        assert gaps.marks(p)[1] / gaps.RESOLUTION == pytest.approx(p, abs=1e-15)
