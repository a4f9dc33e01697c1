"""A tree as data: for scripts, tables, graphs, other looms, and loom itself."""
