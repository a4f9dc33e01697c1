"""The panes of the main screen: each draws what it is given and says what was done to it."""
