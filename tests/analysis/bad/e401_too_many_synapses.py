"""More synapses than a projection can number."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None
HINT = "several projections"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(100_000, bt.NeuronModel("v : 1")))
    net.connect(cells, cells, bt.SynapseModel("w : 1", on_pre="v_post += w"))
    bt.Simulation(net, dt=0.1 * ms)
