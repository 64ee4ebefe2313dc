"""What is a URL, without loading what reads one."""


def is_url(text: str) -> bool:
    """True for what `fetch` is to look at: it refuses what it does not take."""
    return text.lower().startswith(("https://", "http://"))
