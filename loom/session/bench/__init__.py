"""Measuring loom's speed on this machine, beside what it is built on, in one run."""

from loom.session.bench.measuring import as_document, measure
from loom.session.bench.table import bench_lines

__all__ = ["as_document", "bench_lines", "measure"]
