"""What Git's hooks decide: whether something may be committed, pushed or received."""
