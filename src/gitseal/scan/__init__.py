"""Is this a secret that the team has? The forms in which a value turns up in bytes, and the values that say nothing."""
