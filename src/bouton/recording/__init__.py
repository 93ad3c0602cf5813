"""What a simulation records: traces, spikes, rates, and values at events.

The runtime appends plain arrays; users read NumPy with units, xarray or pandas. Everything is kept: each reset begins
an episode, the accessors show the latest, ``.episodes`` all of them.
"""

from bouton.recording.events import EventRecording
from bouton.recording.export import Recording, save, to_dataset
from bouton.recording.rates import RateRecording
from bouton.recording.spikes import SpikeRecording
from bouton.recording.traces import TraceRecording

__all__ = ["EventRecording", "RateRecording", "Recording", "SpikeRecording", "TraceRecording", "save", "to_dataset"]
