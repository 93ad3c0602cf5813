"""Noise with a scheme for ordinary equations."""

import bouton as bt
from bouton.units import ms, mV

CODE = "E506"
AT = "dv/dt = -v/tau + sigma*xi : mV"
HINT = "euler_maruyama"


def build():
    net = bt.Network()
    net.add(
        bt.Population(
            3, bt.NeuronModel("dv/dt = -v/tau + sigma*xi : mV", method="rk4", parameters={"tau": 10 * ms, "sigma": mV / ms**0.5})
        )
    )
    bt.Simulation(net, dt=0.1 * ms)
