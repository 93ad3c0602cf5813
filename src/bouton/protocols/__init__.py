"""The laboratory's protocols: a rule driven by given spike trains, without a network.

``bt.protocols.play(rule, pre, post)`` gives the weight and every variable; what is built on it gives a labelled dataset, a
figure as in the paper, and a score.
"""

from __future__ import annotations

from bouton.protocols.frequency import frequency
from bouton.protocols.play import Played, play
from bouton.protocols.triplets import triplets
from bouton.protocols.window import window

__all__ = ["Played", "frequency", "play", "triplets", "window"]
