"""Write the skeleton of a rule for the library: its file, its test, its line in the changelog.

usage: new_rule.py NAME [ROOT]

NAME is as in ``bt.rules.NAME``; ROOT is the checkout, the folder above this one unless another is given. The skeleton is a
rule that runs: lists, manual, battery and `bouton validate` have it at once. What is in capitals is for you to write.
"""

import re
import sys
from pathlib import Path

RULE = '''"""WHAT THE RULE DOES, IN ONE SENTENCE.

Sources
-------
AUTHORS, JOURNAL VOLUME:PAGE (YEAR), doi:DOI: WHICH EQUATIONS AND NUMBERS ARE FROM THERE.

Symbols
-------
``x`` the trace of presynaptic spikes; ``w`` the weight. A postsynaptic spike changes it by A·x.

WHAT DIFFERS FROM THE PAPER. The weight is transmitted as it is when the spike arrives.
"""

from __future__ import annotations

from collections.abc import Mapping

from bouton.library.rule import Parameter, Rule
from bouton.units import ms


def build(options: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of a variant."""
    del options
    return {{
        "equations": "w : {{unit}} (min=0, max=w_max)\\ndx/dt = -x/tau : 1",
        "on_pre": "transmit = w; x += 1",
        "on_post": "w += A*w_max*x",
    }}


RULE = Rule(
    name="{name}",
    part="{part}",
    title="WHAT IT IS, IN A FEW WORDS",
    papers=("AUTHORS (YEAR), doi:DOI",),
    build=build,
    parameters={{
        "tau": Parameter(20 * ms, "τ", "time constant of the trace", 1, 200),
        "A": Parameter(0.01, "A", "potentiation by a pair at once, as a share of the bound", 0, 0.1),
        "w_max": Parameter(1.0, "w_max", "upper bound of the weight", weight=True),
    }},
)
'''
TEST = '''"""{name} against sums over spikes."""

from __future__ import annotations

import numpy as np

import bouton as bt
from bouton.units import ms

rng = np.random.default_rng(1)
PRE, POST = (np.sort(rng.choice(2000, 20, replace=False)) * 0.1 for _ in range(2))  # ms


def test_it_is_a_sum_over_pairs() -> None:
    """THE FORMULA OF THE PAPER, without traces or kernels, on irregular trains."""
    meant = 0.2 + sum(0.01 * np.exp(-(t - PRE[t >= PRE]) / 20.0).sum() for t in POST)
    found = bt.protocols.play(bt.rules.{name}(), PRE * ms, POST * ms, w=0.2).final().magnitude
    np.testing.assert_allclose(found, [min(meant, 1.0)], rtol=1e-12)
'''
CHANGE = "`bt.rules.{name}`: WHAT IT IS (AUTHORS YEAR).\n"


def main(name: str, root: Path) -> int:
    """Write the files; the exit status."""
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", name):
        print(f"{name!r} is not a name for a rule: as in TripletSTDP", file=sys.stderr)
        return 2
    part = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    files = {
        root / "src/bouton/library/rules" / f"{part}.py": RULE,
        root / "tests/library/rules" / f"test_{part}.py": TEST,
        root / "changelog.d" / f"{part.replace('_', '-')}.added.md": CHANGE,
    }
    there = [path for path in files if path.exists()]
    if there:
        print(f"{there[0]} is there already", file=sys.stderr)
        return 2
    for path, text in files.items():
        path.write_text(text.format(name=name, part=part), encoding="utf-8")
        print(path.relative_to(root))
    return 0


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[1]))
