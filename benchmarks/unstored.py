"""A static network whose synapses are drawn again at each event: what it takes to build and run, and what an event costs.

``python benchmarks/unstored.py [--scale S] [--inputs N] [--milliseconds T] [--stored] [--threads N]`` runs the network of
`workloads/brunel_stdp.py` without plasticity in this process: by default 100 000 neurons with 10 000 inputs each, 10^9
synapses. Prints neurons, synapses, the rate, seconds to build, to compile and for a biological second, ns for a synaptic
event, and the peak of resident memory.
"""

from __future__ import annotations

import argparse
import resource
import time

from workloads import brunel_stdp

from bouton.units import ms


def main() -> None:
    """Build, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=10.0, help="1 is 10 000 neurons")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--milliseconds", type=float, default=50.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--stored", action="store_true")
    given = parser.parse_args()
    begin = time.perf_counter()
    simulation, groups = brunel_stdp.build(
        given.scale, plastic=False, stored=given.stored, inputs=given.inputs, threads=given.threads
    )
    built = time.perf_counter() - begin
    simulation.program  # noqa: B018  (compiles)
    compiled = time.perf_counter() - begin - built
    spikes = [simulation.record_spikes(neurons) for neurons in groups.values()]
    begin = time.perf_counter()
    simulation.run(given.milliseconds * ms, profile=True)
    taken = (time.perf_counter() - begin) / given.milliseconds * 1e3
    rows = [row for row in simulation.profile().rows if row.what == "on_pre_static"]
    each = sum(row.seconds for row in rows) / sum(row.events for row in rows) * 1e9
    neurons = sum(len(group) for group in groups.values())
    synapses = sum(topology.expected for topology in simulation.state.topologies.values())
    rate = sum(len(recording.steps) for recording in spikes) / neurons / given.milliseconds * 1e3
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{neurons} neurons, {synapses:.3g} synapses, {rate:.1f} Hz; built in {built:.2f} s, compiled in {compiled:.2f} s")
    print(f"{taken:.2f} s for a biological second, {each:.2f} ns for a synaptic event, {megabytes:.0f} MB at most")


if __name__ == "__main__":
    main()
