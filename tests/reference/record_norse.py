"""What Norse's `stp_step` and `stdp_step_linear` do with given spikes: `PYTHON_OF_NORSE record_norse.py FOLDER`, version 1.1.0.

In double precision, so that what differs is not rounding; its time constants are given as rates in 1/s. A layer uses the weight
of a step and is trained after it.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from norse.torch.functional.stdp import STDPParameters, STDPState, stdp_step_linear
from norse.torch.functional.tsodyks_makram import TsodyksMakramParameters, TsodyksMakramState, stp_step
from recorded_format import DT, STEPS, trains, write


def spikes(steps: np.ndarray) -> torch.Tensor:
    """Ones in steps with a spike, shape (steps, 1, 1)."""
    found = torch.zeros((STEPS, 1, 1), dtype=torch.float64)
    found[torch.from_numpy(steps)] = 1
    return found


def released(pre: np.ndarray, tau_fac: float, tau_rec: float, share: float) -> np.ndarray:
    """What each spike releases; times in seconds."""
    zero = torch.zeros((1, 1), dtype=torch.float64)
    state = TsodyksMakramState(u=zero, x=zero + 1)
    rates = TsodyksMakramParameters(tau_f_inv=1 / tau_fac, tau_s_inv=1 / 0.02, tau_d_inv=1 / tau_rec, U=share)
    found = []
    for z in spikes(pre):
        release, state = stp_step(z, state, rates, dt=DT / 1000)
        found.append(release.item())
    return np.array(found)[pre]


def weighed(pre: np.ndarray, post: np.ndarray, parameters: STDPParameters, weight: float) -> np.ndarray:
    """What the weight makes of each presynaptic spike."""
    zero = torch.zeros((1, 1), dtype=torch.float64)
    state, w, found = STDPState(t_pre=zero, t_post=zero), zero + weight, []
    for z_pre, z_post in zip(spikes(pre), spikes(post), strict=True):
        found.append((z_pre @ w.T).item())
        w, state = stdp_step_linear(z_pre, z_post, w, state, parameters, dt=DT / 1000)
    return np.array(found)[pre]


def about(model: str, rule: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a file says of itself."""
    return {
        "system": "Norse", "version": version("norse"), "model": model, "provenance": "tests/reference/record_norse.py",
        "rule": rule, "given": {"convention": "norse", **given}, "variable": "received", "when": "transmitted",
        "dt": f"{DT} ms", "duration": f"{STEPS * DT:g} ms", "limit": 1e-9,
    }  # fmt: skip


def short_term(folder: Path, name: str, seed: int, tau_fac: float, tau_rec: float, share: float) -> None:
    """A file of `stp_step`."""
    pre, post = trains(seed)
    given = {"tau_fac": f"{tau_fac} s", "tau_rec": f"{tau_rec} s", "U": share}
    value = released(pre, tau_fac, tau_rec, share)
    write(folder, f"norse_tsodyks_markram_{name}", about("stp_step", "TsodyksMarkram", given), pre, post, value=value)


def long_term(folder: Path, name: str, algorithm: str, seed: int) -> None:
    """A file of `stdp_step_linear`: a spike adds a·dt/τ to a trace, and a pair at once is as large as η times that."""
    pre, post = trains(seed)
    tau_plus, tau_minus, eta_plus, eta_minus = 17.0, 34.0, 0.02, 0.017
    a_pre, a_post = (torch.tensor(a, dtype=torch.float64) for a in (250.0, 300.0))
    parameters = STDPParameters(
        a_pre=a_pre,
        a_post=a_post,
        tau_pre_inv=torch.tensor(1000 / tau_plus, dtype=torch.float64),
        tau_post_inv=torch.tensor(1000 / tau_minus, dtype=torch.float64),
        w_max=1.0,
        eta_plus=eta_plus,
        eta_minus=eta_minus,
        stdp_algorithm=algorithm,
    )
    given = {
        "tau_plus": f"{tau_plus:g} ms",
        "tau_minus": f"{tau_minus:g} ms",
        "w_max": 1.0,
        "dependence": algorithm.partition("_")[0],
    }
    given |= {"A_plus": eta_plus * a_pre.item() * DT / tau_plus, "A_minus": eta_minus * a_post.item() * DT / tau_minus}
    saying = about(f"stdp_step_linear, {algorithm}", "PairSTDP", given) | {"start": {"w": 0.5}}
    write(folder, f"norse_pair_stdp_{name}", saying, pre, post, value=weighed(pre, post, parameters, 0.5))


if __name__ == "__main__":
    to = Path(sys.argv[1])
    short_term(to, "facilitating", 14, 0.75, 0.05, 0.15)
    short_term(to, "depressing", 15, 0.05, 0.75, 0.45)
    long_term(to, "additive", "additive", 16)
    long_term(to, "multiplicative", "multiplicative_relu", 17)
