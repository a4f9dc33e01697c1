"""A guided tour of where branches meet, on three worlds whose answers are known."""
