"""Finds out what is wrong and what happened: `check`, `scan`, `verify`, `review` and the history they read. Changes nothing."""
