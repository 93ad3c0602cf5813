"""Weights given for each synapse would have to be kept."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None
HINT = "stored=True"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel("w : 1 (constant)", on_pre="v_post += w")
    net.connect(cells, cells, model, stored=False, w=[0.1] * 25)
    bt.Simulation(net, dt=1 * ms)
