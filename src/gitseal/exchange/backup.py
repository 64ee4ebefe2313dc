"""The content of a backup: a tar of the sealed `.secrets/`, or of the values of environments (docs/how-to/back-up.md).

The same files give the same bytes. What is read back is checked as what a stranger made: whoever knows a public key can
make a file that it opens.
"""

import io
import tarfile
from collections.abc import Mapping
from typing import NamedTuple

from gitseal.errors import Malformed
from gitseal.exchange import typed_values
from gitseal.exchange._names import shown
from gitseal.exchange.typed_values import KeptValue
from gitseal.files.reading import LIMIT
from gitseal.policy.names import is_environment_name

SEALED, VALUES = ".secrets/", "values/"
"""The folders in the tar."""

FILES = frozenset({"policy.yaml", "manifest.yaml", "allow.yaml", "schema/policy.json", "schema/manifest.json"})
"""What a backup holds beside environments, by its path in `.secrets`."""

_SUFFIX, _VALUES_SUFFIX = ".yaml", ".json"
_FOLDERS = frozenset({".secrets", ".secrets/schema", "values"})
_MOST = 10_000
_MODE = 0o644
_PRIVATE = 0o600


class Backup(NamedTuple):
    """The files of `.secrets` by their path in it, or the values by environment; one of the two is empty."""

    files: dict[str, bytes]
    values: dict[str, list[KeptValue]]

    def __repr__(self) -> str:
        return f"Backup({sorted(self.files)}, {sorted(self.values)})"


def belongs(name: str) -> bool:
    """True for a path in `.secrets` that a backup holds: no overrides of one machine, and nothing that gitseal did not make."""
    return name in FILES or (name.endswith(_SUFFIX) and is_environment_name(name.removesuffix(_SUFFIX)))


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """The tar of files by their path in `.secrets`."""
    return _packed({SEALED + name: data for name, data in files.items()}, _MODE)


def pack_values(values: Mapping[str, list[KeptValue]]) -> bytes:
    """The tar of values, a JSON object for each environment. The plaintext is in memory only."""
    written = {f"{VALUES}{name}{_VALUES_SUFFIX}": typed_values.serialise(several) for name, several in values.items()}
    return _packed(written, _PRIVATE)


def _packed(files: Mapping[str, bytes], mode: int) -> bytes:
    content = io.BytesIO()
    # No owner and no time: tarfile's own defaults are those of 1970 and of nobody.
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), mode
            tar.addfile(member, io.BytesIO(files[name]))
    return content.getvalue()


def unpack(content: bytes, label: str) -> Backup:
    """The backup in a tar; `label` names it in errors.

    Raises Malformed for everything that `pack_files` and `pack_values` would not have written: links and devices, paths that
    lead elsewhere, one path twice, too many files or too large ones, values in no sound form.
    """
    try:
        files = _files(content)
        sealed = {name.removeprefix(SEALED): data for name, data in files.items() if name.startswith(SEALED)}
        values = {
            name.removeprefix(VALUES).removesuffix(_VALUES_SUFFIX): typed_values.parse(data)
            for name, data in files.items()
            if name.startswith(VALUES)
        }
    except Malformed as error:
        hint = "look at what is in it: age --decrypt prints the tar"
        raise Malformed(error.reason, hint=hint, place=label) from None
    if bool(sealed) == bool(values):
        raise Malformed("it is no backup that gitseal made", hint="decrypt it with age, and look at it", place=label)
    return Backup(sealed, values)


def _files(content: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            for member in tar:
                if member.type == tarfile.DIRTYPE and member.name in _FOLDERS:
                    continue
                files[_checked_name(member, files)] = _bytes_of(tar, member)
    # tarfile raises a KeyError, ValueError or OverflowError for some headers that make no sense.
    except (tarfile.TarError, EOFError, KeyError, ValueError, OverflowError, OSError):
        raise Malformed("it is no backup that gitseal made: it holds no sound tar") from None
    return files


def _is_ours(name: str) -> bool:
    if name.startswith(SEALED):
        return belongs(name.removeprefix(SEALED))
    is_values = name.startswith(VALUES) and name.endswith(_VALUES_SUFFIX)
    return is_values and is_environment_name(name.removeprefix(VALUES).removesuffix(_VALUES_SUFFIX))


def _bytes_of(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    data = file.read() if file is not None else b""
    if len(data) != member.size:
        raise tarfile.ReadError
    return data


def _checked_name(member: tarfile.TarInfo, before: Mapping[str, bytes]) -> str:
    name = member.name
    # Before anything is read: a sparse file of a few bytes may claim to have gigabytes.
    if member.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or member.issparse():
        raise Malformed(f'"{shown(name)}" is no ordinary file')
    if not _is_ours(name):
        raise Malformed(f'"{shown(name)}" is no file of a backup')
    if name in before:
        raise Malformed(f'"{name}" is in it twice')
    if member.size > LIMIT:
        raise Malformed(f'"{name}" is larger than {LIMIT // 2**20} MiB')
    if len(before) >= _MOST:
        raise Malformed(f"it holds more than {_MOST} files")
    return name
