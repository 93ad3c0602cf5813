"""Noise with a factor that varies, without a scheme."""

import bouton as bt
from bouton.units import ms

CODE = "E502"
AT = "dv/dt = -v/(10*ms) + v*xi/second**0.5 : mV"
HINT = "euler_maruyama"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) + v*xi/second**0.5 : mV")))
    bt.Simulation(net, dt=0.1 * ms)
