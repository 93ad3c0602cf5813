"""`workloads/stp.py` in Brian2's C++ standalone mode. The first 100 ms are within the time."""

from _brian2 import conductance_neurons, run, standalone
from _common import arguments
from brian2 import Synapses, ms, pA

seconds, seed = arguments(2.0)
standalone(seed)
neurons = conductance_neurons(4000, 200 * pA)
neurons.v, neurons.g_e, neurons.g_i = "-65*mV + 5*mV*randn()", "rand()*80*nS", "rand()*400*nS"
equations = "du/dt = -u/tau_f : 1 (event-driven)\ndx/dt = (1 - x)/tau_d : 1 (event-driven)"
release = "u += U*(1 - u)\nr = u*x\n{target} += {weight}*nS*r\nx -= r"
constants = {"U": 0.2, "tau_f": 200 * ms, "tau_d": 200 * ms}
both = [
    Synapses(part, neurons, equations, on_pre=release.format(target=target, weight=weight), namespace=constants)
    for part, target, weight in ((neurons[:3200], "g_e_post", 12), (neurons[3200:], "g_i_post", 134))
]
for synapses in both:
    synapses.connect(p=0.02)
    synapses.x = 1
run(both, neurons, {"all": slice(None)}, seconds + 0.1)
