"""The environment variables that gitseal gives a meaning to, besides those of single commands."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Where a service's files are: set for the child of `run --files`, and what `${env:...}` of the manifest finds.
FILES_VARIABLE = "GITSEAL_FILES"

# They hold or lead to an identity, in gitseal and in sops, or to the PIN of a token; no child is started with them.
IDENTITY_VARIABLES = (
    "GITSEAL_IDENTITY",
    "GITSEAL_IDENTITY_FILE",
    "GITSEAL_PKCS11_PIN",
    "GITSEAL_PKCS11_PIN_FILE",
    "SOPS_AGE_KEY",
    "SOPS_AGE_KEY_CMD",
    "SOPS_AGE_KEY_FILE",
    "SOPS_AGE_SSH_PRIVATE_KEY_CMD",
    "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
)


def for_child(inherited: "Mapping[bytes, bytes]") -> dict[bytes, bytes]:
    """The variables that another program is started with: all but those of identities."""
    return {name: text for name, text in inherited.items() if name.decode("utf-8", "replace") not in IDENTITY_VARIABLES}
