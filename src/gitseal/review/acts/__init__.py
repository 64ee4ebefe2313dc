"""The acts of a review: who did what, each told once, with all that follows from it."""
