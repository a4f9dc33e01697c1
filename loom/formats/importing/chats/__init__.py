"""Chats of other programs, which are trees already."""
