"""loom: explore what a language model could say, and where its branches meet again."""

__version__ = "0.1.0"
