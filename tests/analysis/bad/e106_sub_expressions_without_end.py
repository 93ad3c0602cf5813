"""Sub-expressions in a chain that is too long to follow."""

import bouton as bt
from bouton.units import ms

CODE = "E106"
AT = "h40 = h39 : mV"


def build():
    chain = "\n".join(f"h{i} = h{i - 1} : mV" for i in range(1, 100))
    net = bt.Network()
    net.add(bt.Population(3, bt.NeuronModel(f"dv/dt = (-v + h99)/(10*ms) : mV\nh0 = v : mV\n{chain}")))
    bt.Simulation(net, dt=0.1 * ms)
