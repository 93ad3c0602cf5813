"""Equations: text to syntax tree with places, and back to text."""
