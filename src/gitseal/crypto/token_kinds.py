"""The two kinds of a token, as the letter that a file has for each (docs/format.md, section 4).

They are kept away from the code that seals: a hook or a driver that only has to tell the two apart loads nothing else.
"""

SEALED = "s"
WRITE_ONLY = "w"
