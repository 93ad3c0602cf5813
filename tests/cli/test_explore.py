"""`bouton explore` without a browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest

from bouton.errors import NetworkError
from bouton.explore import check_installed


def test_what_is_missing_is_said(bouton: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "bokeh" else object())
    found = bouton("explore", "PairSTDP", "--no-browser")
    assert found.exit_code == 2
    with pytest.raises(NetworkError, match="the explorer needs bokeh, which is not installed") as refusal:
        check_installed()
    assert "pip install 'bouton[explore]'" in str(refusal.value)


@pytest.mark.skipif(importlib.util.find_spec("panel") is None, reason="panel is not installed")
def test_names_that_there_are_not(bouton: Any) -> None:
    found = bouton("explore", "PairSTPD", "--no-browser")
    assert found.exit_code == 2


def test_values_need_no_widgets(modules_loaded_by: Callable[[str], set[str]]) -> None:
    loaded = modules_loaded_by("import bouton.explore.bench, bouton.explore.script, bouton.cli.explore, bouton.explore.latex")
    assert not loaded & {"panel", "bokeh", "param", "tornado", "matplotlib.pyplot"}
