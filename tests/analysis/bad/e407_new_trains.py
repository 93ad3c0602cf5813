"""New spike trains of another number."""

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[source].spikes = bt.SpikeTimes(2, [1] * ms, [0])
