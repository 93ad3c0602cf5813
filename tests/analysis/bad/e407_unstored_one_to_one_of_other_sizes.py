"""One to one takes populations of equal size, stored or not."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None
HINT = "views of equal size"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel(on_pre="v_post += 1")
    net.connect(cells, cells[:3], model, stored=False, pattern=bt.OneToOne())
    bt.Simulation(net, dt=1 * ms)
