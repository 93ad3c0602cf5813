"""Delays that differ between synapses would have to be kept."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None
HINT = "stored=True"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel(on_pre="v_post += 1")
    net.connect(cells, cells, model, stored=False, axonal_delay=bt.Uniform(1 * ms, 3 * ms))
    bt.Simulation(net, dt=1 * ms)
