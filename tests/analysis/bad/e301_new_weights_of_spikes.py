"""New spike trains with weights of another dimension."""

import bouton as bt
from bouton.units import ms, nS

CODE = "E301"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms, weights=[2]))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[source].spikes = bt.SpikeTimes(1, [1] * ms, weights=[2] * nS)
