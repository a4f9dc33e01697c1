"""What a loom is: nodes, the events that make them, and the tree that is their fold."""
