"""A delay of a block that is not there."""

import bouton as bt
from bouton.units import ms

CODE = "E206"
AT = None
HINT = "'trace'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_pre={"trace": "w += 1"}, delays={"trase": 1 * ms}))
    bt.Simulation(net, dt=0.1 * ms)
