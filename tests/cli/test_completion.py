"""Completion by Tab: what is offered, through the variables that shells set, and that nothing heavy is loaded for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bouton import experiments, protocols
from bouton.cli import names
from bouton.library import neurons, rules

PROGRAM = "import sys; sys.argv[0] = 'bouton'; from bouton.cli import main; main()"


def answer(shell: str, line: str) -> list[str]:
    """What is offered at the end of a line. Bash takes ``=`` for a word of its own, as it does by itself."""
    words = line.replace("=", " = ").rstrip(" ").split(" ") if line.endswith("=") else line.replace("=", " = ").split(" ")
    environment = {**os.environ, "_BOUTON_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    if shell == "bash":
        environment |= {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    else:
        environment["_TYPER_COMPLETE_ARGS"] = line
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == ""
    return [each for each in done.stdout.split("\n") if each]


@pytest.mark.parametrize(
    "line, offered",
    [
        ("bouton ru", ["run", "rules"]),
        ("bouton protocol ", ["play", *protocols.names()]),
        ("bouton protocol rates PairSTDP --syn", ["--synapses"]),
        ("bouton protocol window PairSTDP --set pairing=ne", ["nearest_symmetric", "nearest_presynaptic", "nearest_reduced"]),
    ],
)
def test_bash(line: str, offered: list[str]) -> None:
    assert answer("bash", line) == offered


def test_other_shells_get_a_line_on_each() -> None:
    assert answer("fish", "bouton validate PairS") == [f"PairSTDP\t{rules.PairSTDP.title}"]
    found = "".join(answer("zsh", "bouton neurons LI"))
    assert found.startswith("_arguments")
    assert '"LIF":"leaky' in found


OFFERS: list[tuple[list[str], str, list[str]]] = [
    (["validate"], "TsodyksM", ["TsodyksMarkram"]),
    (["neurons"], "AdEx", ["AdEx", "AdExClopath"]),
    (["run"], "stdp", ["stdp-window"]),
    (["protocol", "window", "PairSTDP", "--parameters"], "", ["song2000", "bi_poo2001"]),
    (["protocol", "window", "PairSTDP", "--convention"], "n", ["nest", "norse"]),
    (["protocol", "window", "PairSTDP", "--set"], "tau_", ["tau_plus=", "tau_minus="]),
    (["protocol", "window", "PairSTDP", "--set"], "tau_p", ["tau_plus=", "tau_plus=20*ms"]),
    (["protocol", "window", "PairSTDP", "--set"], "start=", ["start=empty", "start=spike_at_0"]),
    (["protocol", "window", "PairSTDP", "--set", "mu=1", "--set"], "mu", ["mu=", "mu=0.4"]),
    (["protocol", "window", "--set"], "tau", []),
    (["protocol", "window", "Nothing", "--set"], "tau", []),
    (["run", "stdp-window", "--set"], "post", ["post_time=", "post_time=50*ms"]),
    (["run", "lif-stdp", "--set"], "V_r", ["V_reset="]),  # its text does not tell: it is loaded
    (["run", "stdp-window", "--out"], "/", []),
    (["protocol", "play", "PairSTDP", "--pre"], "", []),
    (["show", "stdp-window", "--stage"], "p", ["plan"]),
]


@pytest.mark.parametrize("words, typed, offered", OFFERS, ids=[" ".join([*words, typed]) for words, typed, _ in OFFERS])
def test_offers(monkeypatch: pytest.MonkeyPatch, words: list[str], typed: str, offered: list[str]) -> None:
    monkeypatch.setenv("_BOUTON_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["bouton", *words, typed]))
    monkeypatch.setenv("COMP_CWORD", str(len(words) + 1))
    from typer.testing import CliRunner

    from bouton.cli import app

    result = CliRunner().invoke(app, [], prog_name="bouton")
    assert [line for line in result.stdout.split("\n") if line] == offered


def test_files_of_ones_own_are_read_and_never_run(tmp_path: Path) -> None:
    from bouton.cli.completion import _settings

    (tmp_path / "own.py").write_text(
        "from bouton.library.rule import Parameter, Rule\n"
        "from bouton.units import ms\n"
        "raise SystemExit\n"
        'RULE = Rule(name="Own", parameters={"tau": Parameter(3 * ms, "τ", "a time")}, options={"way": ("a", "b")})\n'
    )
    (tmp_path / "own.toml").write_text('name = "own"\n[parameters]\ntau = "3 ms"\n[sets.slow]\ntau = "9 ms"\n')
    (tmp_path / "bad.py").write_text("RULE = (")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    own = names.named("rules", str(tmp_path / "own.py"))
    assert _settings(own, "ta") == [("tau=", "a time"), ("tau=3*ms", "a time")]
    toml = names.named("rules", str(tmp_path / "own.toml"))
    assert toml is not None
    assert (toml.sets, toml.parameters) == (("slow",), {"tau": ("3*ms", "")})
    assert names.named("rules", str(tmp_path / "bad.py")) is None
    assert names.named("rules", str(tmp_path / "bad.toml")) is None
    assert names.named("rules", str(tmp_path / "none.toml")) is None


def test_texts_say_what_loading_says() -> None:
    """The reader of texts must not fall behind the files: every name and title, and all that each rule has."""
    for kind, shelf in (("rules", rules), ("neurons", neurons)):
        entries = [shelf.find(file) for file in shelf.files()]  # type: ignore[attr-defined]  # both are shelves
        assert names.titles(kind) == {entry.name: entry.title for entry in entries}
    assert names.titles("protocols") == {name: protocols.find(name).title for name in protocols.names()}
    assert names.titles("experiments") == {name: experiments.find(name).title for name in experiments.names()}
    for rule in map(rules.find, rules.files()):
        found = names.named("rules", rule.name)
        assert found is not None, f"{rule.name}: its text is not plain; see bouton.cli.names"
        assert (found.sets, found.conventions) == (tuple(rule.sets), tuple(rule.conventions))
        assert list(found.parameters) == list(rule.parameters)
        assert found.options == rule.options
    for name in protocols.names():
        found = names.named("protocols", name)
        assert found is not None
        assert list(found.options) == list(protocols.find(name).options)


@pytest.mark.parametrize(
    "line", ["bouton protocol ", "bouton protocol window P", "bouton protocol rates PairSTDP --set t", "bouton run s"]
)
def test_nothing_heavy_is_loaded(modules_loaded_by: Callable[[str], set[str]], line: str) -> None:
    loaded = modules_loaded_by(
        f"""
        import os
        words = {line!r}.split(" ")
        os.environ |= {{"_BOUTON_COMPLETE": "complete_bash", "COMP_WORDS": "\\n".join(words), "COMP_CWORD": str(len(words) - 1)}}
        from bouton.cli import app
        try:
            app(prog_name="bouton")
        except SystemExit:
            pass
        """
    )
    assert "bouton.cli.names" in loaded
    assert not loaded & {"numpy", "pint", "numba", "llvmlite", "scipy", "matplotlib", "xarray", "pandas", "rich.table"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_shown(shell: str) -> None:
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    code = [sys.executable, "-c", PROGRAM, "--show-completion", shell]
    text = subprocess.run(code, capture_output=True, text=True, env=environment, check=True).stdout
    assert f"_BOUTON_COMPLETE=complete_{shell}" in text
