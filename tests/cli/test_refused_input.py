"""Whatever is typed: a refusal with its code on stderr, nothing on stdout, and never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TOML = 'name="a"\nequations="w : 1"\non_pre="w += eta"\n{}\n[parameters]\neta=1\n{}'
FILES = {  # files of rules that are none, and what is said of them
    "syntax.py": ("RULE = (\n", "syntax.py, line 1"),
    "raises.py": ("import math\n\n1/0\n", "raises.py, line 3"),
    "imports.py": ("import no_such_module\n", "No module named"),
    "exits.py": ("import sys; sys.exit(3)\n", "exits (3)"),
    "empty.py": ("", "RULE is None"),
    "null.py": ("\0\1", "null.py"),
    "empty.toml": ("", "E408"),
    "list.toml": (TOML.format("", "").replace("eta=1", "eta=[1]"), "E401"),
    "sets.toml": (TOML.format("", "[sets]\na=3"), "E401"),
    "delays.toml": (TOML.format("delays=3", ""), "E401"),
    "papers.toml": (TOML.format("papers=3", ""), "E401"),
    "nothing.toml": ('name="a"\nequations=""\n', "E406: 'a' has no variables"),
}


@pytest.fixture
def trains(tmp_path: Path) -> list[str]:
    (tmp_path / "pre.txt").write_text("10\n")
    return ["--pre", str(tmp_path / "pre.txt"), "--post", str(tmp_path / "pre.txt")]


def refused(result: Any, *words: str) -> None:
    """A refusal with a code, and these words in it."""
    assert (result.exit_code, result.stdout) == (2, ""), result.exception
    assert isinstance(result.exception, SystemExit)
    assert result.stderr[0] == "E"
    assert result.stderr[1:4].isdigit()
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_rule(bouton: Any, tmp_path: Path, trains: list[str], name: str) -> None:
    text, found = FILES[name]
    (tmp_path / name).write_text(text)
    refused(bouton("protocol", "play", tmp_path / name, *trains), found, name if "E406" not in found else "")


def test_a_file_that_is_binary_or_a_folder_or_none(bouton: Any, tmp_path: Path, trains: list[str]) -> None:
    (tmp_path / "bytes.toml").write_bytes(bytes(range(256)))
    (tmp_path / "bytes.py").write_bytes(bytes(range(256)))
    (tmp_path / "folder.py").mkdir()
    for name in ("bytes.toml", "bytes.py", "folder.py", "none.toml"):
        refused(bouton("protocol", "play", tmp_path / name, *trains), name)


@pytest.mark.parametrize(
    "content, found",
    [(b"\xff\xfe", "cannot be read"), (b"nan\n", "not finite"), (b"-1\n", "negative"), (b"1e300\n", "last step")],
)
def test_times_that_are_none(bouton: Any, tmp_path: Path, trains: list[str], content: bytes, found: str) -> None:
    (tmp_path / "pre.txt").write_bytes(content)
    refused(bouton("protocol", "play", "PairSTDP", *trains), "E402", found)


@pytest.mark.parametrize(
    "given",
    [
        ["--w", "nan"],
        ["--dt", "0"],
        ["--dt", "nan"],
        ["--dt", "1e300"],
        ["--delay", "-1"],
        ["--delay", "inf"],
        ["--event", "reward=none.txt"],
        ["--set", "tau_plus=1e999*ms"],
        ["--set", "pairing=none"],
        ["--parameters", ""],
        ["--convention", "none"],
    ],
)
def test_numbers_and_names_that_are_none(bouton: Any, trains: list[str], given: list[str]) -> None:
    refused(bouton("protocol", "play", "PairSTDP", *trains, *given))


@pytest.mark.parametrize("given", [["--duration", "1e300 second"], ["--duration", "-1 second"], ["--dt", "0 ms"]])
@pytest.mark.filterwarnings(
    "ignore:invalid value encountered in sqrt:RuntimeWarning"
)  # of a negative duration, before the refusal
def test_what_a_protocol_cannot_be_carried_out_with_is_named(bouton: Any, given: list[str]) -> None:
    refused(bouton("protocol", "rates", "PairSTDP", "--synapses", 2, *given), f"with --synapses 2, {' '.join(given)}", "--help")


@pytest.mark.parametrize("given", [["--synapses", "0"], ["--synapses", "10000000000"], ["--seed", "-1"]])
def test_counts_have_bounds(bouton: Any, given: list[str]) -> None:
    result = bouton("protocol", "rates", "PairSTDP", *given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert given[0] in result.stderr


def test_a_fault_of_ours_is_not_blamed_on_the_user(bouton: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("ours")

    monkeypatch.setattr("bouton.protocols.protocol.check_asked", broken)
    assert isinstance(bouton("protocol", "window", "PairSTDP").exception, ValueError)


def test_places_that_cannot_be_written_are_refused_before_anything_runs(
    bouton: Any, tmp_path: Path, trains: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bouton.protocols.drive.play", lambda *_, **__: pytest.fail("it ran"))
    (tmp_path / "file").write_text("kept")
    for out in (tmp_path, tmp_path / "none" / "out.csv", tmp_path / "file" / "out.csv"):
        refused(bouton("protocol", "play", "PairSTDP", *trains, "--out", out), "--out", "expected: ")
    refused(bouton("protocol", "play", "PairSTDP", *trains, "--out", tmp_path / "a.png"), "there is no figure")
    for command in (("run", "toy"), ("validate", "PairSTDP")):
        refused(bouton(*command, "--out", tmp_path / "file"), "cannot be written")
    assert (tmp_path / "file").read_text() == "kept"


def test_what_the_machine_refuses_is_a_refusal(bouton: Any, toys: dict[str, Any]) -> None:
    from dataclasses import replace

    for error, code in ((MemoryError("8 TiB"), "E605"), (OSError(28, "No space left on device", "there"), "E401")):

        def fail(settings: Any, seed: int, error: Exception = error) -> Any:
            raise error

        toys["toy"] = replace(toys["toy"], run_with=fail)
        refused(bouton("run", "toy"), code)


@pytest.mark.parametrize("seconds", ["inf", "1e300"])
def test_a_profile_of_endless_time(bouton: Any, seconds: str) -> None:
    refused(bouton("profile", "toy", "--seconds", seconds), "E601")
