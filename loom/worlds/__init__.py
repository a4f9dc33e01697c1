"""Generators of text whose law is known, to try things on where the right answer can be checked."""
