"""`bouton doctor`, and what holds for the command as a whole."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def test_versions_and_processor(bouton: Any) -> None:
    found = json.loads(bouton("doctor", "--json").stdout)
    assert found["versions"]["python"] == platform.python_version()
    assert found["versions"]["numpy"] == np.__version__
    assert found["processor"]["cores"] == os.cpu_count()
    assert isinstance(found["processor"]["cpu"], str)


def test_cache(bouton: Any, empty_kernel_cache: Path) -> None:
    cache = json.loads(bouton("doctor", "--json").stdout)["cache"]
    assert cache == {
        "folder": str(empty_kernel_cache / "kernels"),
        "usable": True,
        "trouble": None,
        "kernels": 0,
        "megabytes": 0.0,
    }
    (empty_kernel_cache / "kernels" / "bouton_kernel.py").write_bytes(b" " * 30_000)
    cache = json.loads(bouton("doctor", "--json").stdout)["cache"]
    assert (cache["kernels"], cache["megabytes"]) == (1, 0.03)


def test_an_unusable_cache(bouton: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BOUTON_CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.setattr("bouton.backends.cache_folder._warned", False)
    result = bouton("doctor", "--json")
    cache = json.loads(result.stdout)["cache"]
    assert (result.exit_code, cache["usable"], cache["kernels"]) == (0, False, 0)
    assert "cannot be written" in cache["trouble"]


def test_extras(bouton: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "panel" else object())
    extras = json.loads(bouton("doctor", "--json").stdout)["extras"]
    assert extras["explore"]["missing"] == ["panel"]
    assert extras["torch"]["missing"] == []
    text = bouton("doctor").stdout
    assert "explore" in text
    assert "missing panel" in text


def test_help_names_commands_and_exit_codes(bouton: Any) -> None:
    text = bouton("--help").stdout
    assert all(command in text for command in ("list", "run", "show", "explain", "doctor", "130 interrupted"))


def test_version(bouton: Any) -> None:
    result = bouton("--version")
    assert (result.exit_code, result.stdout.split()[0]) == (0, "bouton")


def test_warnings_are_one_line_on_stderr() -> None:
    program = "import warnings, bouton.cli as c; c.app = lambda: warnings.warn('mind the gap', stacklevel=1); c.main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "bouton: mind the gap\n")


def test_the_command_line_alone_loads_nothing_heavy(modules_loaded_by: Callable[[str], set[str]]) -> None:
    loaded = modules_loaded_by("import bouton.cli")
    assert not loaded & {"numpy", "pint", "numba", "llvmlite", "scipy", "matplotlib", "xarray", "pandas", "rich.table"}
