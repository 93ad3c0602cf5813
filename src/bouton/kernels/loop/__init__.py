"""What runs the steps of every plan: the loop itself, and what recorders and threads need in a step.

Each file is a module that is compiled once, when a plan first needs it.
"""
