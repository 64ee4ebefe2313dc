"""The page on one's own machine: a repository's secrets to see, change, compare and commit, for one person, served by `serving`.

No rule lives here. A view asks a use-case and shows what it gives; an action calls the use-case that the command line calls.
"""
