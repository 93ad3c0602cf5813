"""New spike trains without the weights that blocks read."""

import bouton as bt
from bouton.units import ms

CODE = "E401"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms, weights=[2]))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[source].spikes = bt.SpikeTimes(1, [1] * ms)
