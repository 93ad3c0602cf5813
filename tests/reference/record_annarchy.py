"""What ANNarchy's STDP and STP do with given spikes: `PYTHON_OF_ANNARCHY record_annarchy.py FOLDER`, run with version 5.0.4.1.

Its compiler is looked for on PATH: the folder of that Python comes first there. The postsynaptic cell spikes when a source
tells it to, a step after it; the current of that step is what the synapse under test has transmitted.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ANNarchy as ann
import numpy as np
from recorded_format import DT, STEPS, trains, write

PAIR = {"tau_plus": 17.0, "tau_minus": 34.0, "A_plus": 0.02, "A_minus": 0.01, "w_max": 1.5}
GIVEN = PAIR | {"tau_plus": "17 ms", "tau_minus": "34 ms"}
MARKRAM = {"tau_rec": 130.0, "tau_facil": 530.0, "U": 0.15}
RELEASED = {"tau_rec": "130 ms", "tau_fac": "530 ms", "U": 0.15}


def run(folder: Path, name: str, synapse: Any, late: int, seed: int, weight: float, about: dict[str, Any]) -> None:
    """Drive one synapse with a delay of ``late`` steps and write what it transmits."""
    pre, post = trains(seed, late)
    net = ann.Network(dt=DT)
    source = net.create(ann.SpikeSourceArray([float(t) for t in pre * DT]))
    teacher = net.create(ann.SpikeSourceArray([float(t) for t in (post - 1) * DT]))
    cell = net.create(1, ann.Neuron(equations="v = g_teach\ngot = g_exc", spike="v > 0.5", reset="v = 0.0"))
    taught = net.connect(teacher, cell, target="teach")
    taught.all_to_all(weights=1.0)
    projection = net.connect(source, cell, target="exc", synapse=synapse)
    projection.all_to_all(weights=weight, delays=late * DT)
    seen = net.monitor(cell, ["got", "spike"])
    with TemporaryDirectory() as build:
        net.compile(directory=build, silent=True)
        net.simulate(STEPS * DT)
    got, spikes = seen.get("got")[:, 0], np.array(seen.get("spike")[0])
    if not np.array_equal(spikes, post):
        raise RuntimeError(f"{name}: the cell has not spiked as it was told to")
    about = {
        "system": "ANNarchy", "version": version("ANNarchy"), "provenance": "tests/reference/record_annarchy.py",
        "delay": f"{late * DT:g} ms", "variable": "received", "when": "transmitted", "dt": f"{DT} ms",
        "duration": f"{STEPS * DT:g} ms", "limit": 1e-9, **about,
    }  # fmt: skip
    write(folder, f"annarchy_{name}", about, pre, post, value=got[pre + late])


if __name__ == "__main__":
    to = Path(sys.argv[1])
    for name, late, seed in (("pair_stdp_step", 1, 11), ("pair_stdp_delayed", 15, 12)):
        given = {"convention": "annarchy", **GIVEN}
        about = {"model": "STDP", "rule": "PairSTDP", "given": given, "start": {"w": 0.7}}
        run(to, name, ann.STDP(**PAIR), late, seed, 0.7, about)
    given = {"convention": "annarchy", **RELEASED}
    about = {"model": "STP", "rule": "TsodyksMarkram", "given": given}
    run(to, "tsodyks_markram_step", ann.STP(**MARKRAM), 1, 13, 1.0, about)
