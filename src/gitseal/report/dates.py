"""Days, as reports for people write them."""

import time

DAY = 86_400
"""Seconds."""


def day(seconds: int) -> str:
    """The day in UTC; empty for 0, and for a time that no calendar holds."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(seconds)) if seconds else ""
    except (OverflowError, ValueError, OSError):
        return ""
