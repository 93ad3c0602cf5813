"""Listed pairs are stored already."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None
HINT = "stored=True"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel(on_pre="v_post += 1")
    net.connect(cells, cells, model, stored=False, pattern=bt.Pairs([0, 1], [1, 2]))
    bt.Simulation(net, dt=1 * ms)
