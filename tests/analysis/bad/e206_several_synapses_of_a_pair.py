"""Several synapses for each pair, by a number."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "several times"


def build():
    net = bt.Network()
    cell = net.add(bt.Population(2, bt.NeuronModel("dv/dt = -v/(5*ms) : mV", threshold="v > 1*mV")))
    net.connect(cell, cell, bt.SynapseModel("w : mV", on_pre="v_post += w"), n=2)
    bt.Simulation(net, dt=0.1 * ms)
