"""loom: explore what a language model could say, and where its branches meet again."""

import os

__version__ = "0.1.0"

# Sums over a row of logits are products of vectors, which OpenBLAS would share out between threads
# of its own: they would fight llama.cpp's for the processors, and waking them takes longer than the
# sum; making them takes a part of every start. It reads this when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
