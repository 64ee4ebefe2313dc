"""The line grammar: a strict subset of YAML 1.2 with positions, and edits that touch only their own lines.

One reader serves the environment files and the policy. Whatever it accepts, every sound YAML parser reads as the same
tree (a law of the tests); what parsers disagree on is refused with its line number. docs/format.md, section 2, is the
specification. Nothing here knows of secrets.
"""
