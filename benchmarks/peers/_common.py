"""What the scripts of all peers share: their arguments, and the line of JSON that they print.

``python peers/PEER_NETWORK.py [SECONDS [SEED]]`` builds the network, runs it and prints ``loop`` (CPU seconds of the
simulation call for a biological second, one process and one thread), ``rates`` (Hz from t = 0, by group), ``build`` and
``compile`` (seconds) and ``MB`` (the most memory that was in use).
"""

import json
import resource
import sys


def arguments(seconds: float) -> tuple[float, int]:
    """Biological seconds, those of the workload unless others are asked for, and the seed."""
    given = sys.argv[1:]
    return float(given[0]) if given else seconds, int(given[1]) if len(given) > 1 else 1


def report(loop: float, rates: dict[str, float], *, build: float, compiling: float = 0.0, children: bool = False) -> None:
    """Print what was found; ``children`` says that the network ran in a child process."""
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    found = {"loop": loop, "rates": rates, "build": build, "compile": compiling, "MB": resource.getrusage(who).ru_maxrss // 1024}
    print(json.dumps(found))
