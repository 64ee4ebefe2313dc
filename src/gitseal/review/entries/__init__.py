"""Entries: every changed line of every covered file, with what it belongs to and what it means.

`units.py` cuts a file into what belongs together, `alignment.py` finds what changed and applies a part of it, and
`entries_of.py` gives each change its class. `table.py` is the one list of classes that are no risk: what is not in it is one.
"""
