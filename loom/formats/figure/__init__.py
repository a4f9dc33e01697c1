"""Figures: the tree drawn, as SVG, PNG and PDF, from one list of strokes and words."""
