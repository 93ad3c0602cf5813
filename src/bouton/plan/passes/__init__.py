"""Passes: plan to plan."""
