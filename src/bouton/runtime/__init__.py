"""Running: state, schedule, recorders, and the `Simulation` that users hold."""
