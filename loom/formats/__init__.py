"""A tree as text: what other programs and people read."""
