"""What is drawn again at each event cannot be set."""

import bouton as bt
from bouton.units import ms

CODE = "E506"
AT = None
HINT = "stored=True"


def build():
    net = bt.Network()
    cells = net.add(bt.Population(5, bt.NeuronModel("v : 1", threshold="v > 1")))
    model = bt.SynapseModel(on_pre="v_post += J", parameters={"J": bt.Uniform(0, 1)})
    synapses = net.connect(cells, cells, model, stored=False)
    bt.Simulation(net, dt=1 * ms)[synapses].parameters.J = 0.5
