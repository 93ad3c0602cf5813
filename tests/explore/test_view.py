"""What a page shows, and the address that says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouton.errors import BoutonError, EquationError, NetworkError
from bouton.explore.choice import Choice, Own
from bouton.explore.limits import MAX_QUERY, MAX_SPIKES, MAX_TEXT
from bouton.explore.view import PANELS, STEPS, View, from_query, read_train, to_query

numbers = st.floats(-1e6, 1e6).map(lambda x: float(f"{x:.12g}"))
times = st.lists(st.floats(0, 9999).map(lambda x: float(f"{x:.12g}")), min_size=1, max_size=8, unique=True).map(
    lambda found: tuple(sorted(found))
)
words = st.text("abcdefgh_", min_size=1, max_size=8)
pairs = st.dictionaries(words, numbers, max_size=4).map(lambda found: tuple(sorted(found.items())))
texts = st.text(max_size=80).map(lambda text: text.replace("\r", ""))
choices = st.builds(
    Choice,
    rule=words,
    chosen=st.none() | words,
    options=st.dictionaries(words, words, max_size=3).map(lambda found: tuple(sorted(found.items()))),
    parameters=pairs,
) | st.builds(Choice, own=st.builds(Own, texts, texts, texts, texts), parameters=pairs)
panels = st.sets(st.sampled_from(list(PANELS)), min_size=1).map(lambda found: tuple(name for name in PANELS if name in found))
views = st.builds(
    View,
    a=choices,
    b=st.none() | choices,
    panels=panels,
    pre=times,
    post=times,
    train=times,
    third=times,
    w=st.none() | numbers,
    level=numbers,
    dt=st.none() | st.sampled_from(STEPS),
)


@given(views)
def test_an_address_gives_the_view_that_made_it(view: View) -> None:
    query = to_query(view)
    assert from_query(query) == view
    assert from_query(f"?{query}&token=secret") == view


def test_an_address_says_only_what_is_not_as_at_first() -> None:
    assert to_query(View()) == "rule=PairSTDP"
    assert from_query("") == View()


def test_trains_without_spikes() -> None:
    view = replace(View(), pre=())
    assert from_query(to_query(view)) == view


@pytest.mark.parametrize(
    "query, error, said",
    [
        ("x" * (MAX_QUERY + 1), NetworkError, "characters"),
        ("p.tau=nan", NetworkError, "nan"),
        ("p.tau=1e300", NetworkError, "1e300"),
        ("p.tau=__import__('os')", NetworkError, "not a number"),
        ("dt=1e-9", NetworkError, "time step"),
        ("pre=1e9", NetworkError, "1e+09"),
        ("pre=-1", NetworkError, "-1"),
        ("pre=" + "+".join(map(str, range(MAX_SPIKES + 1))), NetworkError, "501 spikes"),
        ("show=nothing", NetworkError, "nothing is shown"),
        ("open=/etc/passwd", NetworkError, "means nothing"),
        ("eq=" + "a" * (MAX_TEXT + 1), EquationError, "too long"),
        ("&".join(f"p.a{k}=1" for k in range(300)), NetworkError, "cannot be read"),
    ],
)
def test_addresses_that_are_refused(query: str, error: type[BoutonError], said: str) -> None:
    with pytest.raises(error) as refusal:
        from_query(query)
    assert said in str(refusal.value)


def test_trains_are_typed_with_blanks_commas_and_units() -> None:
    assert read_train("30, 10 20ms", "pre") == (10.0, 20.0, 30.0)
    with pytest.raises(NetworkError, match="'x' is not a number"):
        read_train("10 x", "pre")
