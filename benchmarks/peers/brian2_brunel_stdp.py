"""`workloads/brunel_stdp.py` in Brian2's C++ standalone mode. The first 100 ms are within the time."""

from _brian2 import run, standalone
from _common import arguments
from brian2 import Hz, NeuronGroup, PoissonInput, Synapses, ms, mV

seconds, seed = arguments(0.5)
standalone(seed)
neurons = NeuronGroup(
    10_000,
    "dv/dt = (I - v)/tau_m : volt (unless refractory)\ndI/dt = -I/tau_s : volt",
    threshold="v > theta", reset="v = v_r", refractory=2 * ms, method="exact",
    namespace={"tau_m": 20 * ms, "tau_s": 2 * ms, "theta": 20 * mV, "v_r": 10 * mV},
)  # fmt: skip
neurons.v = "rand()*20*mV"
e, i = neurons[:8000], neurons[8000:]
drive = PoissonInput(neurons, "I", 1, 2000 * Hz, 5.8 * mV)
plastic = Synapses(
    e, e,
    "w : 1\ndx/dt = -x/tau : 1 (event-driven)\ndy/dt = -y/tau : 1 (event-driven)",
    on_pre="I_post += J*w\nx += 1\nw = clip(w - A_minus*y, 0, w_max)",
    on_post="y += 1\nw = clip(w + A_plus*x, 0, w_max)",
    delay={"pre": 1.5 * ms},
    namespace={"J": 1 * mV, "tau": 20 * ms, "A_plus": 0.01, "A_minus": 1.05 * 0.01, "w_max": 2.0},
)  # fmt: skip
to_inhibitory = Synapses(e, i, on_pre="I_post += 1*mV", delay=1.5 * ms)
inhibition = Synapses(i, neurons, on_pre="I_post += -5*mV", delay=1.5 * ms)
for synapses in (plastic, to_inhibitory, inhibition):
    synapses.connect(p=0.1)
plastic.w = 1
run([drive, plastic, to_inhibitory, inhibition], neurons, {"E": slice(8000), "I": slice(8000, None)}, seconds + 0.1)
