"""Synapses are stored or they are not."""

import bouton as bt

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1")))
    net.connect(cells, cells, bt.SynapseModel(on_pre="v_post += 1"), stored="no")
