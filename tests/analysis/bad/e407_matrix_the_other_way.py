"""A matrix of targets by sources."""

import numpy as np
from scipy.sparse import coo_array

import bouton as bt
from bouton.units import ms

CODE = "E407"
AT = None
HINT = "matrix.T"


def build():
    net = bt.Network()
    source = net.add(bt.SpikeTimes(1, [1] * ms))
    cell = net.add(bt.Population(3, bt.NeuronModel("dv/dt = -v/(10*ms) : mV")))
    net.connect(source, cell, bt.SynapseModel("w : 1"), pattern=bt.FromSparse(coo_array(np.ones((3, 1)))))
    bt.Simulation(net, dt=0.1 * ms)
