"""Tsodyks–Markram synapse in Norse, 1000 steps for one parameter set; prints the seconds of the loop."""

import json
import time

import torch
from norse.torch.functional.tsodyks_makram import TsodyksMakramParameters, TsodyksMakramState, stp_step

spikes = torch.zeros(1000)
spikes[100::100] = 1.0
p = TsodyksMakramParameters()


def loop() -> list[torch.Tensor]:
    """Resources, utilisation and current at each step."""
    state, current, kept = TsodyksMakramState(x=1.0, u=0.0), 0.0, []
    for spike in spikes:
        release, state = stp_step(spike, state, p)
        current = current - 0.001 * p.tau_s_inv * current + release
        kept.append(torch.stack([state.x, state.u, torch.as_tensor(current)]))
    return kept


loop()
seconds = []
for _ in range(5):
    begin = time.perf_counter()
    loop()
    seconds.append(time.perf_counter() - begin)
print(json.dumps({"loop": sorted(seconds)[2]}))
