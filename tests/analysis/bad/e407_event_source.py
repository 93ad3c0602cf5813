"""A third event from a population that fits no one."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    two = net.add(bt.Poisson(2, 5 * Hz))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_event={"reward": "w += 1"}), events={"reward": two})
    bt.Simulation(net, dt=0.1 * ms)
