"""Conductance LIF with STDP as a loop in NumPy: 300 inputs at 15 Hz, 120 s in steps of 1 ms; prints its seconds."""

import json
import time

import numpy as np

rng = np.random.default_rng(1)
inputs = (rng.random((120_000, 300)) < 0.015).astype(float)
v_rest, v_threshold, v_reset, reversal = -75.0, -55.0, -75.0, 0.0
tau_m, tau_s, tau, dead = 10.0, 5.0, 20.0, 2
a_plus, a_minus, top = 0.008, 0.0088, 0.024


def loop() -> int:
    """The number of output spikes."""
    w, trace = np.full(300, 0.014), np.zeros(300)
    v, g, depression, wait, spikes = -65.0, 0.0, 0.0, 0, 0
    for z in inputs:
        trace += -trace / tau + a_plus * z
        if wait > 0:
            v, wait = v_reset, wait - 1
        elif v >= v_threshold:
            v, wait, spikes = v_reset, dead, spikes + 1
            depression -= a_minus
            w = np.minimum(w + trace * top, top)
        g += -g / tau_s + (w * z).sum()
        w = np.maximum(w + depression * z * top, 0.0)
        depression -= depression / tau
        v += (-(v - v_rest) - g * (v - reversal)) / tau_m
    return spikes


begin = time.perf_counter()
loop()
print(json.dumps({"loop": time.perf_counter() - begin}))
