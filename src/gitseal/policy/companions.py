"""Names that gitseal makes beside another: `NAME_PUBLIC`, the public half of a key pair, `NAME_PREVIOUS`, a value rotated out.

A companion has the access and the owner of the name it belongs to (`RuleList.first`, `declared`), and a pattern that takes
that name in does not take the companion in.
"""

from gitseal.policy.beside import PREVIOUS, PUBLIC, owners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from gitseal.policy.manifest import Declaration, Manifest
    from gitseal.yamltext.tree import NamePath


def public_name(path: "NamePath") -> "NamePath":
    """The name of the public half beside a private half."""
    return (*path[:-1], path[-1] + PUBLIC)


def previous_name(path: "NamePath") -> "NamePath":
    """The name that keeps the value before the last rotation."""
    return (*path[:-1], path[-1] + PREVIOUS)


def is_companion(path: "NamePath", manifest: "Manifest", available: "Collection[NamePath]") -> bool:
    """True for the public half of a name that the manifest declares as a key pair, and the previous value of one that is there.

    Teams have names of their own that end in `_PUBLIC`, so only the manifest's word makes a companion of one.
    """
    belongs_to = owners(path)
    if not belongs_to:
        return False
    if path[-1].endswith(PREVIOUS):
        return belongs_to[0] in available
    from gitseal.document.generated import is_pair  # few services meet such a name

    declaration = manifest.secrets.get(belongs_to[0])
    return declaration is not None and is_pair(declaration.generate)


def declared(manifest: "Manifest", path: "NamePath") -> "Declaration | None":
    """The manifest's entry for a name; without one, that of the name it stands beside."""
    entries = (manifest.secrets.get(name) for name in (path, *owners(path)))
    return next((entry for entry in entries if entry is not None), None)
