"""The terminal application: it draws an open session and asks it for things."""
