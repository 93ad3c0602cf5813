"""``bouton explain``: what a simulation will do."""

from __future__ import annotations

import re
from typing import Any

from bouton.cli import console
from bouton.cli.options import JSON, SET, SUBJECT
from bouton.cli.subject import simulation_of

_VARIABLE = re.compile(r"(\S+) +(each \w+|shared|nowhere|elsewhere) +(.+?) {2,}(.*)")


def explain(name: str = SUBJECT, given: list[str] = SET, as_json: bool = JSON) -> None:
    """Say where each variable lives, how it is advanced and why, what it takes, and the order of a step."""
    simulation = simulation_of(name, given)
    text = simulation.explain()
    if not as_json:
        print(text)
        return
    first, *sections = text.split("\n\n")
    console.show_json(
        {
            "name": name,
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
