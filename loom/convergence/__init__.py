"""Where branches meet again. So far one level of three: the same words (A1).

Tokens go into an index (`places`, `lexical`); stretches of it that are repeated are `runs`; those
that stand on paths which have parted are `meetings`; those that `chance` does not explain are
`findings`, and each is told once (`telling`, `sentence`). `joins` keeps all this up to date.
"""
