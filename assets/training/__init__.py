"""What the story models are made with: rows of exact laws, the decoder, its optimiser, its file."""
