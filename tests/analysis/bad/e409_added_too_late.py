"""A population that was added after the simulation was made."""

import bouton as bt
from bouton.units import Hz, ms

CODE = "E409"
AT = None


def build():
    net = bt.Network()
    net.add(bt.Poisson(1, 5 * Hz))
    sim = bt.Simulation(net, dt=0.1 * ms)
    late = net.add(bt.Poisson(1, 5 * Hz))
    sim.record_spikes(late)
