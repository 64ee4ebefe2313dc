"""Belief: which keys and people this clone seals and wraps for. docs/explanation/trust.md has the rule, with a picture."""
