"""llama.cpp behind the engine's protocol: the only room of loom that touches it."""
