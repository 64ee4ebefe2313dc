"""Stores that values are published to, one kind a file, and one line in `table.py`."""
