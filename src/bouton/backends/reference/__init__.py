"""The reference backend: the unoptimised plan, interpreted with Python's floats. It defines the meaning."""
