"""The decisions of Git's hooks about what is to be committed, pushed or received."""
