"""The sessions that come with loom: what each begins with, and what is done in it."""
