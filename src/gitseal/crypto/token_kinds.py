"""The two kinds of a token, as the letter that a file has for each (docs/format.md, section 4).

They are apart from what seals, so that a hook or a driver that only tells them apart loads nothing else.
"""

SEALED = "s"
WRITE_ONLY = "w"
