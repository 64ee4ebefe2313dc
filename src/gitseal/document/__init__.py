"""The environment file: its header, its values and the edits of both (docs/format.md).

A `Document` is a parsed file; nothing in this package touches the disk or decides whom to trust.
"""
