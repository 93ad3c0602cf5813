"""Networks: populations, sources, projections, patterns and the builder."""
