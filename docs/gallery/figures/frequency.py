"""
Frequency curve
===============

Pairs of spikes repeated at different rates. The triplet rule potentiates at high rates whatever the lag, as was measured in
visual cortex; points with error bars are the data of Sjöström et al. (2001).
"""

import bouton as bt

rule = bt.rules.TripletSTDP("visual_cortex_full_all_to_all")
found = bt.protocols.frequency(rule)
print(f"error of the fit: {found.attrs['score']:.2f}")

axes = bt.plots.frequency(found)
bt.plots.save(axes, "frequency.png")
