"""Other programs' trees, read without trusting a byte of them."""
