"""Measuring loom's speed on this machine, beside what it is built on, in one run."""

from loom.session.bench.measuring import run_bench
from loom.session.bench.table import bench_lines

__all__ = ["bench_lines", "run_bench"]
