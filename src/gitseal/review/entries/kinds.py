"""Which kind of covered file a path is."""

from enum import Enum

from gitseal.policy import allow
from gitseal.policy.parser import is_environment_name

# `project.FOLDER` is a floor above this one.
_FOLDER = ".secrets"
_SUFFIX = ".yaml"


class FileKind(Enum):
    """The kinds of covered files, by what reads them."""

    SEALED = "sealed"
    POLICY = "policy"
    MANIFEST = "manifest"
    ALLOW = "allow"
    SCHEMA = "schema"
    LOCAL = "local"
    ATTRIBUTES = "attributes"
    MODULES = "modules"
    FOREIGN = "foreign"
    DISGUISED = "disguised"
    ELSEWHERE = "elsewhere"


_BY_NAME = {"policy.yaml": FileKind.POLICY, "manifest.yaml": FileKind.MANIFEST, allow.FILE: FileKind.ALLOW}
_ANYWHERE = {".gitattributes": FileKind.ATTRIBUTES, ".gitmodules": FileKind.MODULES}


def kind_of(path: str, *, is_disguised: bool) -> FileKind:
    """The kind of a path from the top. `is_disguised`: a file system may take it for a `.secrets` that it is not."""
    parts = path.split("/")
    name = parts[-1]
    if is_disguised or name == _FOLDER:
        return FileKind.DISGUISED
    # Git on a file system that folds case reads them by any spelling.
    if name.lower() in _ANYWHERE:
        return _ANYWHERE[name.lower()]
    if _FOLDER not in parts:
        return FileKind.ELSEWHERE
    inside = parts[len(parts) - parts[::-1].index(_FOLDER) :]
    if inside[0] == "schema" and len(inside) > 1:
        return FileKind.SCHEMA
    if len(inside) > 1:
        return FileKind.FOREIGN
    return _BY_NAME.get(name) or _of_stem(name)


def _of_stem(name: str) -> FileKind:
    stem = name.removesuffix(_SUFFIX)
    if stem == name:
        return FileKind.FOREIGN
    if stem.endswith(".local"):
        return FileKind.LOCAL
    return FileKind.SEALED if is_environment_name(stem) else FileKind.FOREIGN
