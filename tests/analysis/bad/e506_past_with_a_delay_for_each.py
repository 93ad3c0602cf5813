"""A delay that differs between neurons."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = "d"


def build():
    net = bt.Network()
    net.add(
        bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > v(t - d)", parameters={"d": [1, 2, 3] * ms}))
    )
    bt.Simulation(net, dt=0.1 * ms)
