"""Figures that the README gives, each made again by `python -m tests.benchmarks.NAME`."""
