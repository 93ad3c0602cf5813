"""Sources of synapses that are not stored come in order."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None
HINT = "stored=True"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel(on_pre="v_post += 1")
    net.connect(cells[[3, 1]], cells, model, stored=False)
    bt.Simulation(net, dt=1 * ms)
