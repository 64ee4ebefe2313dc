"""Bytes in, bytes out: framing, padding, data keys, sealing and opening (docs/format.md, sections 4 and 5).

Nothing here knows of files, names in YAML or people. No plaintext leaves before its tag is checked.
"""
