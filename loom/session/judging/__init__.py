"""Judging beside everything else: which places of the session have the same future."""
