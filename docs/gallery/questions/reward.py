"""
Reward that comes late
======================

A pair of spikes leaves a trace of eligibility, and no more. The weight moves when the reward comes, half a second later, and
brings dopamine (Izhikevich 2007).
"""

import bouton as bt
from bouton.units import ms

rule = bt.rules.IzhikevichDopamine()
labels = {"c": "Eligibility", "d": "Dopamine", "w": "Weight"}
spikes = {"pre": [100] * ms, "post": [110] * ms, "third": {"dopamine": [600] * ms}}
played = bt.protocols.play(rule, **spikes, w=0.5, record=list(labels), duration=1500 * ms)

with bt.plots.style.use():
    figure = bt.plots.style.figure("column", 3.4)
    panels = figure.subplots(3, 1, sharex=True)
    for panel, (name, label) in zip(panels, labels.items(), strict=True):
        bt.plots.traces(played.grid[name], axes=panel).set_ylabel(label)
    figure.align_ylabels()
bt.plots.save(figure, "reward.png")
