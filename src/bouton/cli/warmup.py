"""``bouton warmup``: compile now what later runs would compile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bouton import experiments
from bouton.cli import console, progress, report
from bouton.cli.options import JSON


def warmup(as_json: bool = JSON) -> None:
    """Compile what all models share, and the kernels of the tour's experiments; say what was compiled and how long it took."""
    from bouton.backends.cache_folder import cache_directory
    from bouton.backends.numba_cpu.kernel_file import origins

    begin, earlier = time.perf_counter(), len(origins())
    work: dict[str, Callable[[], object]] = {"what all models share": _compile_shared}
    tour = (each for each in map(experiments.find, experiments.names()) if "tour" in each.tags)
    work |= {experiment.name: experiment.run for experiment in tour}
    done: list[dict[str, Any]] = []
    stopped = None
    try:
        with progress.shown(len(work)) as bar:
            for what, make in work.items():
                bar.begin(what)
                before, started = len(origins()), time.perf_counter()
                make()
                found = origins()[before:]
                bar.end()
                done.append({"what": what, "seconds": time.perf_counter() - started, **report.kernel_data(found)})
                if as_json:
                    continue
                console.show(f"{what}: {report.compiled(found)}; {time.perf_counter() - started:.2f} s in all")
                if new := tuple(origin for origin in found if origin.seconds is not None):
                    console.show(report.kernels(new))
    except KeyboardInterrupt as interrupt:
        stopped = KeyboardInterrupt(*interrupt.args, f"{len(done)} of {len(work)} done")
    folder, took = cache_directory(), time.perf_counter() - begin
    if as_json:
        console.show_json({"folder": str(folder), "seconds": took, "done": done})
    else:
        console.show(f"{report.compiled(origins()[earlier:])}; {took:.2f} s in all, kept in {folder}")
    if stopped is not None:
        raise stopped


def _compile_shared() -> None:
    """The loop over steps, what recorders and threads need in it, and a source of each kind."""
    import bouton as bt
    from bouton.backends.numba_cpu.emit import LOOP, loop_module
    from bouton.backends.numba_cpu.kernel_file import load
    from bouton.units import Hz, ms

    load(tuple(map(loop_module, LOOP)))
    network = bt.Network()
    spikes = bt.SpikeTimes(1, [1] * ms), bt.SpikeTimes(1, [1] * ms, weights=[1.0])
    for source in (bt.Poisson(2, 1 * Hz), bt.Regular(1, 1 * ms), *spikes):
        network.add(source)
    bt.Simulation(network, dt=1 * ms).run(1 * ms)
