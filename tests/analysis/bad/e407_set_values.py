"""Three values for a view of two."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[cell[:2]].v = [1, 2, 3] * mV
