"""Plaintext in what is committed: in the index, in commits, in files."""
