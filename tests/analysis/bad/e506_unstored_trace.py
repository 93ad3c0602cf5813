"""Synapses that are not stored cannot keep a trace."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "dx/dt = -x/(20*ms) : 1"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel("dx/dt = -x/(20*ms) : 1", on_pre="v_post += x; x += 1")
    net.connect(cells, cells, model, stored=False)
    bt.Simulation(net, dt=1 * ms)
