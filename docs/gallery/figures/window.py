"""
Pairing window
==============

The change of the weight by one pair of spikes, over the lag between them. This is the classical experiment on STDP.
"""

import numpy as np

import bouton as bt
from bouton.units import ms

rule = bt.rules.PairSTDP("bi_poo2001")
window = bt.protocols.window(rule, np.arange(-80, 81, 4) * ms, dt=1 * ms)

axes = bt.plots.window(window)
bt.plots.save(axes, "window.png")
