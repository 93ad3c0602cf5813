"""What ``from bouton.units import …`` gives."""

import builtins
import re
from pathlib import Path
from typing import Any

import bouton.units
from bouton.analysis.symbols import _USUAL_UNITS
from bouton.equations.amount import _COMMON
from bouton.units import UNIT_TYPE, parse_unit

DECLARED = re.findall(r"^    (\w+): Any$", Path(bouton.units.__file__).read_text("utf-8"), re.MULTILINE)
"""What type checkers and editors are told of."""


def test_a_star_brings_the_units() -> None:
    given: dict[str, Any] = {}
    exec("from bouton.units import *", given)
    assert {"ms", "second", "mV", "volt", "Hz", "nS", "pA", "pF", "Mohm"} <= set(given)
    assert {name for name, value in given.items() if isinstance(value, UNIT_TYPE)} == {n for n in DECLARED if len(n) > 1}
    assert not set(given) - {"__builtins__"} & set(dir(builtins))
    assert 2 * given["seconds"] == 2 * given["second"]
    assert "ms" in dir(bouton.units)


def test_all_that_is_declared_or_proposed_is_a_unit() -> None:
    for name in (*DECLARED, *_USUAL_UNITS, *_COMMON):
        assert isinstance(parse_unit(name), UNIT_TYPE), name
    for name in DECLARED:
        assert isinstance(getattr(bouton.units, name), UNIT_TYPE)
