"""A sum goes over all synapses in each step."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "s_post = v_pre : 1 (summed)"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("s : 1\nv : 1", threshold="v > 1")))
    net.connect(cells, cells, bt.SynapseModel("s_post = v_pre : 1 (summed)"), stored=False)
    bt.Simulation(net, dt=1 * ms)
