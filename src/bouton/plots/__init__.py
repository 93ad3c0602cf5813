"""Figures of paper quality: helpers that draw one panel each and return its axes."""
