"""A bin of a timed array that is no multiple of dt."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E403"
AT = None


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3, bt.NeuronModel("dv/dt = (I - v)/(10*ms) : mV", parameters={"I": bt.TimedArray([1, 2] * mV, dt=0.25 * ms)})
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
