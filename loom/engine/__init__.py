"""How text is made: tokens in, tokens out. This room knows no tree."""

import os

# Sums over a row of logits are products of vectors, which OpenBLAS would share out between threads
# of its own: they would fight llama.cpp's for the processors, and waking them takes longer than the
# sum. It reads this when numpy is first imported, in the engine's process after this line.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
