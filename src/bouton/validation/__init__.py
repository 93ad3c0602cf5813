"""Rules held to what is known: the laboratory's protocols, and other simulators' numbers."""
