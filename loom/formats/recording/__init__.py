"""Recordings: how a tree grew, as a terminal would have shown it."""
