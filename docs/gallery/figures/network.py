"""
Network diagram
===============

Who is connected to whom, and what is plastic. A diagram needs no run: it is drawn from the network.
"""

import bouton as bt
from bouton.units import Hz, ms, nS

cell = bt.neurons.LIF("brette2007_coba")
fixed = bt.SynapseModel("w : nS", on_pre="transmit = w", name="fixed")
rewarded = bt.rules.IzhikevichDopamine(unit="nS", w_max=4 * nS)

net = bt.Network()
inputs = net.add(bt.Poisson(100, rate=12 * Hz), name="inputs")
reward = net.add(bt.SpikeTimes(1, [500] * ms), name="reward")
e = net.add(bt.Population(80, cell), name="E")
i = net.add(bt.Population(20, cell), name="I")
third = {"dopamine": reward}
net.connect(inputs, e, rewarded, target="exc", w=1 * nS, events=third, name="rewarded")
net.connect(e, e, bt.rules.PairSTDP(unit="nS"), target="exc", w=1 * nS, name="stdp")
depressing = bt.rules.TsodyksMarkram() & fixed
net.connect(e, i, depressing, target="exc", w=6 * nS, name="depressing")
net.connect(i, e, fixed, target="inh", w=6 * nS, name="inhibition")

axes = bt.plots.network(net)
bt.plots.save(axes, "network.png")
