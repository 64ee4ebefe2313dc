"""Names that gitseal makes beside another: `NAME_PUBLIC`, the public half of a key pair, `NAME_PREVIOUS`, a value rotated out.

A companion has the access of the name it belongs to, and a pattern that takes that name in does not take the companion in.
"""

from collections.abc import Collection

from gitseal.document.generated import is_pair
from gitseal.policy.manifest import Manifest
from gitseal.yamltext.tree import NamePath

_PUBLIC, _PREVIOUS = "_PUBLIC", "_PREVIOUS"


def public_name(path: NamePath) -> NamePath:
    """The name of the public half beside a private half."""
    return (*path[:-1], path[-1] + _PUBLIC)


def previous_name(path: NamePath) -> NamePath:
    """The name that keeps the value before the last rotation."""
    return (*path[:-1], path[-1] + _PREVIOUS)


def is_companion(path: NamePath, manifest: Manifest, available: Collection[NamePath]) -> bool:
    """True for the public half of a name that the manifest declares as a key pair, and the previous value of one that is there.

    Teams have names of their own that end in `_PUBLIC`, so only the manifest's word makes a companion of one.
    """
    name = path[-1]
    if name.endswith(_PUBLIC):
        declaration = manifest.secrets.get((*path[:-1], name.removesuffix(_PUBLIC)))
        return declaration is not None and is_pair(declaration.generate)
    return name.endswith(_PREVIOUS) and (*path[:-1], name.removesuffix(_PREVIOUS)) in available
