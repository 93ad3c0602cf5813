"""Kernels for Numba that know nothing of any model; generated code calls them."""
