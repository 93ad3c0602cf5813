"""
Facilitation and depression
===========================

What each spike of a train transmits, over what the first one does: a synapse with much release depresses, one with little
facilitates (Tsodyks, Pawelzik and Markram 1998).
"""

import numpy as np

import bouton as bt
from bouton.units import ms

train = np.append(np.arange(10, 260, 25), 700) * ms  # 40 Hz, and one spike after a pause
sets = {"depressing": "tsodyks1998_depressing", "facilitating": "tsodyks1998_facilitating"}

with bt.plots.style.use():
    figure = bt.plots.style.figure()
    axes = figure.subplots()
    for label, name in sets.items():
        found = bt.protocols.short_term(bt.rules.TsodyksMarkram(name), train)
        axes.plot(train.to(ms).magnitude, np.ravel(found["relative"]), "o-", label=label)
    axes.set(xlabel="Time (ms)", ylabel="Response / first response", ylim=(0, None))
    axes.legend()
bt.plots.save(figure, "short_term.png")
