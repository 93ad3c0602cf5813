"""A forced spike between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), force_spikes=bt.SpikeTimes(3, [0.15] * ms, [0])))
    bt.Simulation(net, dt=0.1 * ms)
