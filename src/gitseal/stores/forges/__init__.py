"""Secrets of forges, as their CI jobs get them: what a target names is `places.py`, what all three ask alike `calls.py`."""
