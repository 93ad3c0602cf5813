"""Synapses that are not stored have nothing to record."""

import bouton as bt
from bouton.units import ms

CODE = "E603"
AT = None


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel("h = 2*v_post : 1", on_pre="v_post += h")
    synapses = net.connect(cells, cells, model, stored=False)
    bt.Simulation(net, dt=1 * ms).record(synapses, "h")
