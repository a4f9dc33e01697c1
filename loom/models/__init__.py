"""Which models there are: GGUF files, their vocabularies, their chat templates, where they lie."""
