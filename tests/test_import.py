"""Importing bouton is quick because it loads nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = {"numba", "llvmlite", "scipy", "sympy", "matplotlib", "xarray", "pandas", "h5py", "rich", "typer", "tqdm"}


@pytest.mark.parametrize(
    "program",
    [
        "import bouton",
        "import bouton, bouton.units",
        "import bouton as bt; from bouton.units import ms; bt.NeuronModel('dv/dt = -v/tau : 1', parameters={'tau': 20*ms})",
        "import bouton as bt; bt.Simulation",
        "import bouton as bt; bt.rules.PairSTDP(); bt.neurons.LIF()",
        "import bouton as bt; [getattr(bt.plots, name) for name in dir(bt.plots)]",
    ],
)
def test_nothing_heavy_is_loaded(program: str) -> None:
    command = [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "bouton" in loaded
    assert not HEAVY & {name.partition(".")[0] for name in loaded}
