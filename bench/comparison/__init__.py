"""gitseal beside its neighbours, on the same work."""
