"""How text is made: tokens in, tokens out. This room knows no tree."""
