"""Wrapping and unwrapping data keys: one file per kind of key, with both halves in it, and the table in `kinds`.

Everything is a function of its arguments: nothing here reads files or asks anybody. Only `plugin` starts programs.
"""
