"""What goes wrong during a run or around it: infinite states, Ctrl-C, disks that are full or closed."""

import ast
import errno
import importlib.resources
import itertools
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bouton
import bouton as bt
from bouton.backends import cache_folder
from bouton.backends.numba_cpu import emit as emitting
from bouton.backends.numba_cpu import kernel_file, objects, versions
from bouton.errors import Code, SimulationError
from bouton.runtime import propagators, schedule
from bouton.units import ms

both_backends = pytest.mark.parametrize("backend", ["reference", "cpu"])


# --- a state that becomes infinite --------------------------------------------------------------------------


def exploding(backend: str) -> tuple[bt.Simulation, bt.Population, bt.Projection]:
    """Neurons of which number 3 grows beyond all bounds at 12 ms, with spikes, and synapses that live on."""
    growing = bt.NeuronModel(
        "dx/dt = x**2/(10*ms) : 1\nquiet : 1",
        method="rk4",
        threshold="x > 0.2",
        reset="quiet += 1",
        refractory=3 * ms,
        name="grower",
    )
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, np.arange(1, 100, 3) * ms))
    cells = net.add(bt.Population(5, growing, x=[0, 0.1, 0.15, 1, 0.25]), name="cells")
    proj = net.connect(source, cells, bt.SynapseModel("w : 1", on_pre="w += 0.5"))
    return bt.Simulation(net, dt=1 * ms, backend=backend), cells, proj


def recorded(sim: bt.Simulation, cells: bt.Population, proj: bt.Projection) -> Callable[[], list[Any]]:
    traces = [sim.record(cells, "x"), sim.record(cells, "quiet", every=2 * ms), sim.record(proj, "w", when="after")]
    spikes, rate = sim.record_spikes(cells), sim.record_rate(cells)
    return lambda: [
        *(np.array(r.values.magnitude) for r in traces),
        np.array(spikes.times.magnitude),
        np.array(spikes.indices),
        np.array(rate.counts),
    ]


@both_backends
def test_an_infinite_state_is_named_with_element_and_time(backend: str) -> None:
    sim, cells, proj = exploding(backend)
    read = recorded(sim, cells, proj)
    with pytest.raises(SimulationError) as caught:
        sim.run(1000 * ms)
    error = caught.value
    assert error.code is Code.NOT_FINITE
    assert error.message == "'x' of element 3 of 'cells' became NaN or infinite at 13 ms"
    assert "kept" in (error.expected or "")
    assert error.hint
    assert sim.step == 13

    until, _, _ = undisturbed = exploding(backend)
    expected = recorded(*undisturbed)
    until.run(12 * ms)
    for found, wanted in zip(read(), expected(), strict=True):
        np.testing.assert_array_equal(found[: len(wanted)], wanted)  # all that was recorded before the fault
    assert len(read()[0]) == 13
    assert np.flatnonzero(~np.isfinite(read()[0][-1])).tolist() == [3]


@both_backends
def test_after_a_fault_the_state_can_be_set_right_and_the_run_goes_on(backend: str) -> None:
    sim, cells, proj = exploding(backend)
    read = recorded(sim, cells, proj)
    with pytest.raises(SimulationError):
        sim.run(50 * ms)
    sim[cells[3]].x = 0
    sim.run(2 * ms)
    assert sim.step == 15
    assert len(read()[0]) == 15
    with pytest.raises(SimulationError, match=r"element 4 of 'cells' became NaN or infinite at 4\d ms"):
        sim.run(100 * ms)


def test_nan_is_found_too_and_in_the_order_of_the_user() -> None:
    net = bt.Network()
    source = net.add(bt.SpikeTimes(3, [1, 2, 3, 4] * ms, [0, 2, 1, 1]))
    cell = net.add(bt.Population(1, bt.NeuronModel("v : 1")))
    pairs = bt.Pairs([2, 1, 0], [0, 0, 0])  # stored the other way round
    proj = net.connect(
        source, cell, bt.SynapseModel("w : 1", on_pre="w = sqrt(w - 1)"), pattern=pairs, name="proj", w=[5, 1.5, 5]
    )
    sim = bt.Simulation(net, dt=0.5 * ms, backend="reference")
    with pytest.raises(SimulationError, match=r"'w' of element 1 of 'proj' became NaN or infinite at 4.5 ms"):
        sim.run(10 * ms)  # the second spike of source 1 comes at 4 ms and finds 0.707
    np.testing.assert_allclose(sim[proj].w.magnitude, [2, np.nan, 2])


@both_backends
def test_a_fault_in_a_large_state_loses_nothing_either(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SNAPSHOT_LIMIT", 0)  # as if there were too much to copy
    sim, cells, proj = exploding(backend)
    read = recorded(sim, cells, proj)
    with pytest.raises(SimulationError) as caught:
        sim.run(300 * ms)
    step = sim.step
    assert caught.value.message.endswith(f"between 0 and {step} ms")
    assert step >= 13
    assert len(read()[0]) == step  # state, time and recordings agree
    np.testing.assert_array_equal(read()[0][-1], sim[cells].x.magnitude)
    sim[cells].x = 0
    sim.run(5 * ms)
    assert len(read()[0]) == step + 5


def test_in_a_large_state_the_time_is_as_exact_as_the_checks_are_frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SNAPSHOT_LIMIT", 0)
    monkeypatch.setattr(schedule, "CHECK_SHARE", 1e12)  # a look after every stretch
    net = bt.Network()
    cells = net.add(bt.Population(1, bt.NeuronModel("dx/dt = x**2/(10*ms) : 1", method="rk4"), x=0.01))
    sim = bt.Simulation(net, dt=1 * ms, backend="reference")
    with pytest.raises(SimulationError) as caught:
        sim.run(20_000 * ms)
    since, until = (int(number) for number in re.findall(r"\d+", caught.value.message)[-2:])
    assert 256 <= since < 1003 <= until == sim.step  # infinite at 1000 ms, and a little later by rk4
    assert not np.isfinite(sim[cells].x.magnitude).all()


def test_the_check_is_seen_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: with nothing looking, the same run ends without a word."""
    monkeypatch.setattr(schedule, "_first_fault", lambda simulation: None)
    sim, cells, _ = exploding("reference")
    sim.run(50 * ms)
    assert not np.isfinite(sim[cells].x.magnitude).all()


# --- Ctrl-C ---------------------------------------------------------------------------------------------------


def noisy(backend: str) -> tuple[bt.Simulation, Callable[[], list[Any]]]:
    """A network whose every number depends on all draws before."""
    cell = bt.NeuronModel(
        "dv/dt = (15*mV - v)/(10*ms) + 8*mV*xi/(10*ms)**0.5 : mV", threshold="v > 15*mV", reset="v = 0*mV", name="noisy"
    )
    rule = bt.SynapseModel("w : 1\ndx/dt = -x/(20*ms) : 1", on_pre="v_post += w*mV; x += 1", on_post="w += 0.01*x", name="rule")
    net = bt.Network()
    source, cells = net.add(bt.Poisson(3, 40 * bt.units.Hz)), net.add(bt.Population(2, cell))
    proj = net.connect(source, cells, rule, w=1, axonal_delay=1.5 * ms)
    sim = bt.Simulation(net, dt=0.5 * ms, seed=5, backend=backend)
    read = recorded_noise(sim, cells, proj)
    return sim, read


def recorded_noise(sim: bt.Simulation, cells: bt.Population, proj: bt.Projection) -> Callable[[], list[Any]]:
    traces = [sim.record(cells, "v", every=2 * ms), sim.record(proj, "w", when="before"), sim.record(proj, "x", every=5 * ms)]
    spikes, rate = sim.record_spikes(cells), sim.record_rate(cells)
    return lambda: [
        *(np.array(r.values.magnitude) for r in traces),
        np.array(spikes.times.magnitude),
        np.array(rate.counts),
        np.array(sim[proj].w.magnitude),
        np.array(sim[cells].v.magnitude),
    ]


def interrupt_at_call(sim: bt.Simulation, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the program runs for the ``number``-th time."""
    program, calls = sim.program, itertools.count(1)
    run = program.run

    def run_and_be_interrupted(*args: Any) -> int:
        if next(calls) == number:
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.001)  # the handler runs here, in the middle of the stretch
        return run(*args)

    monkeypatch.setattr(program, "run", run_and_be_interrupted)


@both_backends
def test_ctrl_c_stops_between_steps_and_the_run_can_go_on(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, read_whole = noisy(backend)
    whole.run(1500 * ms)

    sim, read = noisy(backend)
    interrupt_at_call(sim, 2, monkeypatch)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt, match=r"stopped at \d+(\.5)? ms"):
        sim.run(1500 * ms)
    assert signal.getsignal(signal.SIGINT) is before
    done = sim.step
    assert 256 < done < 3000  # the first stretch and the one that was interrupted, and not all
    kept = read()
    assert len(kept[0]) == done // 4  # a sample each 4 steps
    assert len(kept[4]) == done
    sim.run((3000 - done) * 0.5 * ms)
    for found, wanted in zip(read(), read_whole(), strict=True):
        np.testing.assert_array_equal(found, wanted)  # bit for bit


def test_ctrl_c_from_outside(tmp_path: Path) -> None:
    """A real signal to a process in a long run: it stops soon, keeps its recordings and goes on."""
    script = tmp_path / "long.py"
    script.write_text(
        "import bouton as bt\n"
        "from bouton.units import ms, second\n"
        "net = bt.Network()\n"
        "cells = net.add(bt.Population(2, bt.NeuronModel('dv/dt = (1 - v)/(10*ms) : 1')))\n"
        "sim = bt.Simulation(net, dt=0.1 * ms, backend='reference')\n"
        "trace = sim.record(cells, 'v')\n"
        "sim.run(1 * ms)\n"
        "print('running', flush=True)\n"
        "try:\n"
        "    sim.run(100000 * second)\n"
        "except KeyboardInterrupt:\n"
        "    assert len(trace) == sim.step\n"
        "    sim.run(1 * ms)\n"
        "    assert len(trace) == sim.step\n"
        "    print('stopped')\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        begin = time.perf_counter()
        out, _ = process.communicate(timeout=20)
        assert (out, process.returncode) == ("stopped\n", 0)
        assert time.perf_counter() - begin < 5


def test_in_a_thread_a_run_leaves_signals_alone() -> None:
    sim, read = noisy("reference")
    thread = threading.Thread(target=lambda: sim.run(50 * ms))
    thread.start()
    thread.join()
    assert sim.step == 100
    assert len(read()[4]) == 100


# --- kernels on disk --------------------------------------------------------------------------------------------


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has loaded no kernel and warned of nothing."""
    monkeypatch.setattr(cache_folder, "_warned", False)
    monkeypatch.setattr(kernel_file, "_addresses", {})
    loaded = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("bouton_")}
    yield
    for name in [name for name in sys.modules if name.startswith("bouton_")]:
        del sys.modules[name]
    sys.modules.update(loaded)


def plain(backend: str) -> tuple[bt.Simulation, bt.Population]:
    net = bt.Network()
    cells = net.add(bt.Population(2, bt.NeuronModel("dv/dt = (1 - v)/(10*ms) : 1", name="plain")))
    return bt.Simulation(net, dt=0.1 * ms, backend=backend), cells


def run_twice() -> list[warnings.WarningMessage]:
    """Two simulations, each with a program of its own; the result must be right, whatever the disk is like."""
    expected, cells = plain("reference")
    expected.run(10 * ms)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            sim, found = plain("cpu")
            sim.run(10 * ms)
            np.testing.assert_allclose(sim[found].v.magnitude, expected[cells].v.magnitude, rtol=1e-14)
    return [w for w in caught if issubclass(w.category, RuntimeWarning)]


@pytest.mark.usefixtures("fresh_process")
def test_without_a_cache_all_works_and_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BOUTON_CACHE_DIR", str(tmp_path / "file" / "below"))
    (warning,) = run_twice()
    assert "file/below/kernels cannot be written (Not a directory)" in str(warning.message)
    assert "BOUTON_CACHE_DIR" in str(warning.message)


@pytest.mark.usefixtures("fresh_process")
def test_a_disk_that_fills_up_while_kernels_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setenv("BOUTON_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(objects, "write", no_space)
    (warning,) = run_twice()
    assert "No space left on device" in str(warning.message)


class FullFile:
    """A temporary file on a full disk."""

    def __init__(self, directory: Path) -> None:
        self.name = str(directory / "tmp")

    def __enter__(self) -> "FullFile":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def write(self, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.usefixtures("fresh_process")
@pytest.mark.parametrize("where", ["a regular file", "/proc/bouton", "a full disk", "another owner's"])
def test_a_folder_that_cannot_be_used_is_not(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache"
    if where == "a regular file":
        folder.write_text("")
    elif where == "/proc/bouton":
        if not Path("/proc/self").exists():
            pytest.skip("no /proc here")
        folder = Path(where)
    elif where == "a full disk":
        full = types.SimpleNamespace(NamedTemporaryFile=lambda dir, **options: FullFile(dir))
        monkeypatch.setattr(cache_folder, "tempfile", full)
    else:
        if not hasattr(os, "getuid"):
            pytest.skip("no owners here")
        nobody = os.getuid() + 1
        monkeypatch.setattr(os, "getuid", lambda: nobody)
    monkeypatch.setenv("BOUTON_CACHE_DIR", str(folder))
    with pytest.warns(RuntimeWarning, match=r"cannot be written|belongs to another user"):
        assert cache_folder.usable_folder("kernels") is None
    assert cache_folder.usable_folder("kernels") is None  # and says no more: warnings are errors here


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no modes here")
def test_the_folder_is_the_users_alone(empty_kernel_cache: Path) -> None:
    assert cache_folder.usable_folder("kernels") == empty_kernel_cache / "kernels"
    folder = empty_kernel_cache / "kernels"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    cache_folder.usable_folder("kernels")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []  # the probe is gone


# --- the names of kernel files ------------------------------------------------------------------------------------


def printed(reset: str = "v = 0") -> dict[str, tuple[str, str]]:
    """The name and text of each module of a small network, by function."""
    cell = bt.NeuronModel("dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset=reset)
    net = bt.Network()
    net.add(bt.Population(2, cell))
    result = emitting.emit(bt.Simulation(net, dt=0.1 * ms).plan)
    return {m.function: (m.name, m.text) for m in (*result.kernels, result.loop)}


def changed(one: dict[str, tuple[str, str]], other: dict[str, tuple[str, str]]) -> set[str]:
    return {function for function in one if one[function][0] != other[function][0]}


def test_a_name_changes_with_the_text_of_what_is_called() -> None:
    one, other = printed(), printed(reset="v = -1")
    assert changed(one, one) == set()
    assert changed(one, other) == {"reset_neuron"}  # the loop over steps is the same for all
    assert all(name.startswith(f"bouton_{function}_") for function, (name, _) in one.items())


def test_a_name_changes_with_the_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    one = printed()
    monkeypatch.setattr(emitting, "fingerprint", lambda: "another numba")
    assert changed(one, printed()) == set(one)


def imported_by(text: str) -> set[str]:
    """Modules of bouton's kernels that a text imports."""
    found = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in found if name.startswith("bouton.")}


def test_a_name_changes_with_every_file_that_kernels_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All modules that generated code imports, and that these import in turn, are part of the fingerprint."""
    sim, _ = noisy("reference")
    result = emitting.emit(sim.plan)
    waiting = set().union(*(imported_by(m.text) for m in (*result.kernels, result.loop)))
    reached: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        package, _, module = name.rpartition(".")
        file = importlib.resources.files(package) / f"{module}.py"
        reached[name] = file.read_text("utf-8") if file.is_file() else ""
        if reached[name]:
            waiting |= imported_by(reached[name]) - set(reached)
    assert {"bouton.kernels.random", "bouton.kernels.slots"} <= set(reached)

    original = versions.fingerprint.__wrapped__()
    for name in (*sorted(n for n, text in reached.items() if text), "bouton.kernels.sources"):
        root = tmp_path / name
        for folder in ("kernels", "random"):
            shutil.copytree(Path(bouton.__file__).parent / folder, root / folder)
        changed_file = root.joinpath(*name.split(".")[1:]).with_suffix(".py")
        changed_file.write_bytes(changed_file.read_bytes() + b"# changed\n")
        with monkeypatch.context() as patch:
            patch.setattr(versions, "_PACKAGE", root)
            assert versions.fingerprint.__wrapped__() != original, name


def test_a_damaged_cache_is_made_anew(empty_kernel_cache: Path) -> None:
    """A machine that was switched off while Numba wrote: files cut to nothing."""
    program = """
import bouton as bt
from bouton.units import ms
net = bt.Network()
cell = net.add(bt.Population(1, bt.NeuronModel("dv/dt = -v/(3*ms) : 1", name="damaged"), v=1.0))
sim = bt.Simulation(net, dt=1*ms)
sim.run(3*ms)
print(round(float(sim[cell].v.magnitude[0]), 6))
"""
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "0.367879", done.stderr
        kept = list(empty_kernel_cache.rglob("*.o"))
        assert kept
        for file in kept:
            file.write_bytes(b"")


# --- the numbers of exact solutions ---------------------------------------------------------------------------------


def test_matrix_exponentials_are_kept_and_damaged_ones_computed_again(empty_kernel_cache: Path) -> None:
    matrix = np.array([[-1.0, 0.5], [0.25, -2.0]])
    propagators._kept_exponential.cache_clear()
    first = propagators._exponential(matrix)
    (kept,) = (empty_kernel_cache / "propagators").iterdir()
    values, vectors = np.linalg.eig(matrix)
    np.testing.assert_allclose(first, (vectors * np.exp(values)) @ np.linalg.inv(vectors), rtol=1e-13)
    kept.write_bytes(kept.read_bytes()[:-8] + bytes(8))
    for _ in range(2):
        propagators._kept_exponential.cache_clear()
        np.testing.assert_array_equal(propagators._exponential(matrix), first)
    assert propagators._exponential(2 * matrix)[0, 0] != first[0, 0]
    program = "import sys, numpy as np; from bouton.runtime.propagators import _exponential as e; "
    program += "e(np.array([[-1.0, 0.5], [0.25, -2.0]])); assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
