"""A third event from a population of no network."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E409"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_event={"reward": "w += 1"}), events={"reward": bt.Poisson(1, 5 * Hz)})
    bt.Simulation(net, dt=0.1 * ms)
