"""Whom this clone believes when it seals or wraps: docs/explanation/trust.md has the rule, with a picture."""
