"""A pairing window in ANNarchy: 101 runs of one synapse; prints the seconds of the loop."""

import json
import time

import ANNarchy as ann
import numpy as np

rule = ann.Synapse(
    parameters="tau = 20.0 : projection\nA = 0.02 : projection\ntop = 2.0 : projection",
    equations="tau * dx/dt = -x : event-driven\ntau * dy/dt = -y : event-driven",
    pre_spike="g_target += w\nx += A\nw = clip(w - y, 0.0, top)",
    post_spike="y += A\nw = clip(w + x, 0.0, top)",
)
network = ann.Network() if hasattr(ann.Network, "create") else None
make = network.create if network else (lambda population: population)
pre, post = make(ann.SpikeSourceArray([[0.0]])), make(ann.SpikeSourceArray([[50.0]]))
projection = network.connect(pre, post, "exc", rule) if network else ann.Projection(pre, post, "exc", rule)
projection.all_to_all(1.0) if network else projection.connect_all_to_all(1.0)
compile_ = network.compile if network else ann.compile
simulate = network.simulate if network else ann.simulate
compile_()


def loop() -> list[float]:
    """Change of weight for each pairing."""
    changes = []
    for when in np.linspace(100.0, 0.0, 101):
        pre.clear()
        post.clear()
        pre.spike_times, post.spike_times = [[when]], [[50.0]]
        projection.x = 0.0
        projection.y = 0.0
        before = projection[0].w[0] if not network else projection.dendrite(0).w[0]
        simulate(105.0)
        after = projection[0].w[0] if not network else projection.dendrite(0).w[0]
        changes.append(after - before)
    return changes


loop()
begin = time.perf_counter()
loop()
print(json.dumps({"loop": time.perf_counter() - begin}))
