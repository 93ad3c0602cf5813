"""Forced spikes for another number of neurons."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV"), force_spikes=bt.SpikeTimes(2, [1] * ms, [0])))
    bt.Simulation(net, dt=0.1 * ms)
