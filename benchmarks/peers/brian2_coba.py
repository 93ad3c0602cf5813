"""`workloads/coba.py` in Brian2's C++ standalone mode. The first 100 ms are within the time."""

from _brian2 import conductance_neurons, run, standalone
from _common import arguments
from brian2 import Synapses, pA

seconds, seed = arguments(2.0)
standalone(seed)
neurons = conductance_neurons(4000, 100 * pA)
neurons.v, neurons.g_e, neurons.g_i = "-65*mV + 5*mV*randn()", "rand()*80*nS", "rand()*400*nS"
excitatory = Synapses(neurons[:3200], neurons, on_pre="g_e_post += 6*nS")
inhibitory = Synapses(neurons[3200:], neurons, on_pre="g_i_post += 67*nS")
for synapses in (excitatory, inhibitory):
    synapses.connect(p=0.02)
run([excitatory, inhibitory], neurons, {"all": slice(None)}, seconds + 0.1)
