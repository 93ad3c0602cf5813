"""Backends: a plan and memory to a program that runs."""
