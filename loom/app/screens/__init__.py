"""The screens of loom: each composes panes and routes what they say."""
