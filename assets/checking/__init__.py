"""Measures that hold a trained story model against its world, through the engine's protocol."""
