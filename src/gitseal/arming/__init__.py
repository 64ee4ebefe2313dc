"""A clone made ready: hooks installed, drivers configured, and what is missing."""
