"""llama.cpp behind the engine's protocol: the only room of loom that touches it."""

import os

# By default llama.cpp's threads spin while they wait for one another, and wherever the screen or
# another program takes a processor for a moment, all of them burn the time until it comes back:
# on two busy processors a small model wrote 30 tokens a second spinning and 1,400 sleeping.
# OpenMP reads this once, when llama.cpp is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
