"""Two projections assign one variable in one phase."""

import bouton as bt
from bouton.units import ms

CODE = "E503"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel(on_pre="v_post = 1*mV"))
    net.connect(source, cell, bt.SynapseModel(on_pre="v_post = 2*mV"))
    bt.Simulation(net, dt=0.1 * ms)
