"""Trees of other looms."""
