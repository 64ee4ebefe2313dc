"""Environments published to stores: which commit, which values, what is there, what is to be done, and doing it."""
