"""The meaning of a change: pure functions of two states and of what commits brought between them.

Nothing here reads a file, asks Git or opens a value. The value that everything ends in is `model.Review`; how it is written
down is one file a format.
"""
