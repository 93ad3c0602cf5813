"""``bouton explain``: what a simulation will do."""

from __future__ import annotations

import re
from typing import Any

from bouton import experiments
from bouton.cli import console
from bouton.cli.options import EXPERIMENT, JSON

_VARIABLE = re.compile(r"(\S+) +(each \w+|shared|nowhere|elsewhere) +(.+?) {2,}(.*)")


def explain(name: str = EXPERIMENT, as_json: bool = JSON) -> None:
    """Say where each variable lives, how it is advanced and why, what it takes, and the order of a step."""
    experiment = experiments.find(name)
    simulation = experiment.simulation(experiment.complete({}), 1)
    text = simulation.explain()
    if not as_json:
        print(text)
        return
    first, *sections = text.split("\n\n")
    console.show_json(
        {
            "experiment": experiment.name,
            "simulation": first,
            "dt_ms": simulation.dt * 1e3,
            "precision": simulation.precision,
            "step_order": list(simulation.plan.step_order),
            "objects": [_data(section) for section in sections],
        }
    )


def _data(section: str) -> dict[str, Any]:
    """A population or projection: its variables, and all else that is said of it."""
    title, *lines = (line.strip() for line in section.splitlines())
    kind, _, rest = title.partition(" ")
    name, _, what = rest.partition(": ")
    variables, said = {}, []
    for line in lines:
        if found := _VARIABLE.fullmatch(line):
            scheme = None if found[3] == "–" else found[3]
            variables[found[1]] = {"where": found[2], "scheme": scheme, "reason": found[4]}
        else:
            said.append(line)
    return {"kind": kind, "name": name, "what": what, "variables": variables, "said": said}
