"""Measurements of quality and speed, one module for each protocol: `python -m benchmarks.NAME`."""
