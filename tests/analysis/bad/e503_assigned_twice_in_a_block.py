"""One block assigns a neuron's variable twice."""

import bouton as bt
from bouton.units import ms

CODE = "E503"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre="v_post = w*mV; w += 1; v_post = w*mV"))
    bt.Simulation(net, dt=0.1 * ms)
