"""The CPU backend: plans printed as plain Python, compiled by Numba and kept on disk."""
