"""Counted nouns."""


def plural(count: int, noun: str) -> str:
    """`1 name`, `2 names`: for nouns whose plural ends in s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
