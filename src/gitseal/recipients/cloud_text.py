"""The text of a cloud key, `gitseal-kms:PROVIDER:LOCATOR:KEY`, for whoever only has to recognise one and to name it."""

PREFIX = "gitseal-kms:"


def is_cloud_key(text: str) -> bool:
    """True for a recipient whose private half a key service keeps."""
    return text.startswith(PREFIX)


def place_of(text: str) -> str:
    """Where the private half of a cloud key is, as a person gives it: `vault:transit/keys/deploy@1`."""
    return text.removeprefix(PREFIX).rpartition(":")[0]
