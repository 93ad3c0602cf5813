"""A timed array with two columns for three neurons."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E407"
AT = None


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3, bt.NeuronModel("dv/dt = (I - v)/(10*ms) : mV", parameters={"I": bt.TimedArray([[1, 2], [3, 4]] * mV, dt=1 * ms)})
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
