"""The revision of each value that goes out: a number that is another one if the value is, and says nothing about it.

Programs that keep no secrets need it: Terraform does not store a write-only argument, and writes it again if a version beside it
is another than last time. So the number lies in a state file, whose readers may not know the value. It is a MAC under the data
key of the value, cut to what fits a number of JSON: by it nobody can try guesses. It is the same on every machine, and another
one after the data key was replaced, as when somebody leaves: then the value is written once more, which does no harm.
"""

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame
from gitseal.delivery.outgoing import Outgoing
from gitseal.delivery.value_keys import ValueKeys
from gitseal.errors import Error
from gitseal.project.reading import OpenedEnvironment
from gitseal.render import RenderedEntry
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_LABEL = "gitseal/v1/revision"
_BYTES = 6
"""48 bits: every reader of JSON has such a number exactly."""


def revisions(opened: OpenedEnvironment, service: str, going: Outgoing) -> dict[NamePath, int]:
    """The revision of each entry by its path. Raises Error for a secret that only comes from variables of this machine."""
    keys = ValueKeys(opened, service)
    file_id = opened.documents[opened.environment].header.id
    return {entry.path: _revision(entry, keys, file_id) for entry in going.entries}


def _revision(entry: RenderedEntry, keys: ValueKeys, file_id: str) -> int:
    about = (_LABEL, *entry.path, entry.value.kind.value, entry.value.reveal())
    if not entry.sealed:
        # Everybody who has the file reads the value, and nobody else knows the file's id, so this is the same for all who deploy.
        return int(sha256_hex(frame(file_id, *about))[: 2 * _BYTES], 16)
    key = keys.of(entry.path)
    if key is None:
        raise Error(
            f'"{path_text(entry.path)}" has no revision: nothing in it is sealed here, and it takes in variables of this machine',
            "give the variable to the program itself, and take the name out of the service in .secrets/manifest.yaml",
        )
    return int.from_bytes(key.published_mac(*about)[:_BYTES], "big")
