"""llama.cpp behind the engine's protocol: the only room of loom that touches it."""

import os

# llama.cpp's threads wait for one another a few hundred times a step. By default they spin for as
# long as it takes, and wherever the screen or another program holds a processor, all of them burn
# the time until it comes back; asleep at once, they take half a step to wake. Measured with two
# threads: spinning 20,000 rounds first is as fast as spinning on (135M, 16 branches: 236 against
# 226 tokens a second, asleep at once 162), and on a busy machine the bundled model goes on at
# hundreds of tokens a second instead of 30. OpenMP reads this once, when llama.cpp is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
