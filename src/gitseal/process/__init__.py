"""Other programs: the one that `run` becomes, and the editor. No child gets an identity variable."""
