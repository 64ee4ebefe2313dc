"""Days as reports for people write them, and moments as JSON has them."""

import time
from functools import cache

DAY = 86_400
"""Seconds."""


def day(seconds: int) -> str:
    """The day in UTC; empty for 0, and for a time that no calendar holds."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(seconds)) if seconds else ""
    except (OverflowError, ValueError, OSError):
        return ""


@cache  # many names come from one commit
def utc(seconds: int) -> str:
    """A time in seconds since 1970 as ISO 8601 has it; what no calendar holds as it stands."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"@{seconds}"
