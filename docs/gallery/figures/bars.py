"""
Protocol bars
=============

The conditions of a protocol, each a bar, beside what was measured: triplets and quadruplets of spikes in hippocampal cultures
(Wang et al. 2005).
"""

import bouton as bt

rule = bt.rules.TripletSTDP("hippocampus_full_all_to_all", unit="1")
found = bt.protocols.triplets(rule)

axes = bt.plots.bars(found)
bt.plots.save(axes, "bars.png")
