"""Immutable descriptions: neuron models, synapse models, timed arrays."""
