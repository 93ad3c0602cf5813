"""Synapses that are not stored cannot keep a weight."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "w : 1"
HINT = "(constant)"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel("w : 1", on_pre="v_post += w")
    net.connect(cells, cells, model, stored=False)
    bt.Simulation(net, dt=1 * ms)
