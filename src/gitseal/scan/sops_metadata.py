"""What sops writes about itself into a file, in the open and no secret: known by name and shape, so that nothing else passes."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitseal.scan.env_values import Assignment

_FLAT = "sops_"
_SEALED = r"ENC\[AES256_GCM,data:[^,\]]+,iv:[^,\]]+,tag:[^,\]]+,type:str\]"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)"
_SHAPES = {
    "mac": _SEALED,
    "lastmodified": _TIME,
    "created_at": _TIME,
    "version": r"\d+\.\d+\.\d+",
    "recipient": r"age1[0-9a-z]+|ssh-(?:ed25519|rsa) [A-Za-z0-9+/=]+(?: [\w.@-]+)?",
    "fp": r"[0-9A-Fa-f]{16,40}",
    "arn": r"arn:aws[a-z-]*:kms:[\w:/-]+",
    # The key as it was sealed. In YAML it is a block, of which a reader of lines sees the sign, and perhaps the padding.
    "enc": r"[|]-?|-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----(?:\\n|[A-Za-z0-9+/=: .-])+-----END \1-----(?:\\n)?",
    "": r"={1,2}",
    "unencrypted_suffix": r"_*unencrypted",
    "mac_only_encrypted": "true|false",
    "shamir_threshold": r"\d+",
}


def is_sops(assigned: "Iterable[Assignment]") -> bool:
    """True for the lines of a file that sops sealed: its MAC is among them."""
    return any(one.name in {"mac", f"{_FLAT}mac"} and re.fullmatch(_SEALED, one.value) for one in assigned)


def is_metadata(line: "Assignment") -> bool:
    """True for a line of the metadata, in a file that `is_sops`."""
    if line.name.startswith(_FLAT):
        return True
    shape = _SHAPES.get(line.name)
    return shape is not None and re.fullmatch(shape, line.value) is not None
