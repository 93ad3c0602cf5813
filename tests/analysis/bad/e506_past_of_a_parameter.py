"""The past of what never changes."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E506"
AT = "V_t(t - dt)"


def build():
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV", threshold="v > V_t(t - dt)", parameters={"V_t": 1 * mV})))
    bt.Simulation(net, dt=0.1 * ms)
