"""
Windows of several rules
========================

Three rules under the same pairs of spikes: STDP of excitation, the symmetric rule for inhibition of Vogels et al. (2011), which
depresses at every presynaptic spike, and the calcium-based rule of Graupner and Brunel (2012).
"""

import numpy as np

import bouton as bt
from bouton.units import ms

rules = [bt.rules.PairSTDP, bt.rules.VogelsInhibitory, bt.rules.GraupnerBrunel]
lags = np.arange(-80, 81, 4) * ms

with bt.plots.style.use():
    figure = bt.plots.style.figure("page", 2.2)
    for panel, rule in zip(figure.subplots(1, 3), rules, strict=True):
        bt.plots.window(bt.protocols.window(rule(), lags), axes=panel).set_title(rule.name)
        panel.get_legend().remove()
bt.plots.save(figure, "windows.png")
