"""The ways in which a review is written down: one file a format, one line in `table.py`."""
