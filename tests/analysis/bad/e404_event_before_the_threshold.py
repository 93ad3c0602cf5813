"""A third event is handled before the threshold that makes it."""

import bouton as bt
from bouton.units import ms

CODE = "E404"
AT = None


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1", on_event={"reward": "w += 1"}), events={"reward": source})
    bt.Simulation(net, dt=0.1 * ms, step_order=("on_event", "integrate", "threshold", "on_pre", "on_post", "reset"))
