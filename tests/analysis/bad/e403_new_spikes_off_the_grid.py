"""New spike trains between two steps."""

import bouton as bt
from bouton.units import ms

CODE = "E403"
AT = None
HINT = "off_grid='round'"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    sim = bt.Simulation(net, dt=0.1 * ms)
    sim[source].spikes = bt.SpikeTimes(1, [0.15] * ms)
