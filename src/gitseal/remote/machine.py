"""Whose machine this is, by its firmware: on a cloud's own one the cloud knows the program without a file or variable."""

from pathlib import Path

_AMAZON = Path("/sys/class/dmi/id/sys_vendor"), b"Amazon EC2"
_GOOGLE = Path("/sys/class/dmi/id/product_name"), b"Google"
# The same on every virtual machine of Azure.
_AZURE = Path("/sys/class/dmi/id/chassis_asset_tag"), b"7783-7084-3265-9085-8269-3286-77"


def is_amazons() -> bool:
    """True on a machine of EC2."""
    return _begins(*_AMAZON)


def is_googles() -> bool:
    """True on a machine of Google Cloud."""
    return _begins(*_GOOGLE)


def is_azures() -> bool:
    """True on a machine of Azure."""
    return _begins(*_AZURE)


def _begins(path: Path, content: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(content)) == content
    except OSError:
        return False
