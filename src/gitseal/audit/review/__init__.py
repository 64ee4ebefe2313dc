"""`review`: reads both ends and the commits between from Git, for `gitseal.review` to compare."""
