"""Every refusal has an example: `bad/<code>_<what>.py` builds something wrong and says with which code and at which place.

A module there holds ``CODE``, ``AT`` (the text that the message underlines; None where no text of the user's is wrong),
where there is something to try ``HINT`` (a part of it), and ``build()``.
"""

import importlib.util
import re
import types
from pathlib import Path

import pytest

from bouton.errors import BoutonError, Code

BAD = sorted((Path(__file__).parent / "bad").glob("*.py"))


def load(path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(f"bad_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_refused_for_the_right_reason(path: Path) -> None:
    bad = load(path)
    with pytest.raises(BoutonError) as caught:
        bad.build()
    error = caught.value
    found = None if error.span is None else error.span.text[error.span.start : error.span.end]
    assert (error.code.value, found) == (bad.CODE, bad.AT), error.render()
    assert path.stem.startswith(bad.CODE.lower())
    assert bad.__doc__
    check_message(error)
    if hasattr(bad, "HINT"):
        assert error.hint is not None, error.render()
        assert bad.HINT in error.hint


def check_message(error: BoutonError) -> None:
    """Where, what was found, what was expected; nothing that looks like a slip of ours."""
    assert error.message.strip()
    assert error.expected, error.render()
    assert error.where or error.span, error.render()
    text = str(error)
    assert text == error.render()
    assert text.startswith(f"{error.code.value}: ")
    for part in (error.message, error.expected, error.hint or ""):
        assert not re.search(r"\{\w+(![rs])?(:[^ }]+)?\}|object at 0x|<class '|dimension a condition", part), text
    if error.span is not None:
        assert error.span.block
        assert error.span.line >= 1
        assert 0 <= error.span.start <= error.span.end <= len(error.span.text)
        assert "^" in text


WITHOUT_EXAMPLE_HERE = {
    Code.NOT_FINITE: "needs a run: tests/runtime/test_faults.py",
    Code.NO_SUCH_EXPERIMENT: "of the command line: tests/cli",
    Code.NO_ROOM: "depends on the machine: tests/runtime/test_room.py",
}


def test_every_code_has_an_example() -> None:
    shown = {load(path).CODE for path in BAD}
    assert {code.value for code in Code} - shown == {code.value for code in WITHOUT_EXAMPLE_HERE}


def test_a_wrong_expectation_is_noticed(tmp_path: Path) -> None:
    """The guard itself: an example with another place, another code, or nothing wrong fails."""
    good = (Path(__file__).parent / "bad" / "e201_unknown_name.py").read_text("utf-8")
    swaps = [('AT = "tua"', 'AT = "tau"'), ('"E201"', '"E202"'), ("-v/tua", "-v/tau"), ("HINT = \"'tau'\"", 'HINT = "nothing"')]
    for number, (old, new) in enumerate(swaps):
        assert good.count(old) == 1
        planted = tmp_path / f"e201_planted_{number}.py"
        planted.write_text(good.replace(old, new), "utf-8")
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            test_refused_for_the_right_reason(planted)
