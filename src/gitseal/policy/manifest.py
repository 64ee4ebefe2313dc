"""The values that manifest.yaml holds: what must exist, and which service gets what.

`docs/reference/manifest.md` describes the file for its users.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitseal.document.value import TypedValue
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

if TYPE_CHECKING:
    from gitseal.policy.manifest_pattern import Pattern  # 1 ms, which a manifest without patterns need not pay

STRING = "string"
# docs/reference/manifest.md says what each asks of a value, and resolve/value_types.py checks it.
TYPES = (
    STRING, "integer", "number", "boolean", "port", "url", "email", "hostname", "ip", "uuid", "hex", "base64", "json", "pem",
)  # fmt: skip


class Declaration(NamedTuple):
    """The manifest's entry for one secret.

    `required` names environments; None means every one. `rotate` is the most days between two values, 0 for no limit.
    `type` and `generate` are empty if the manifest does not say. `line` counts from 1.
    """

    path: NamePath
    description: str = ""
    required: tuple[str, ...] | None = ()
    type: str = ""
    pattern: "Pattern | None" = None
    owner: str = ""
    rotate: int = 0
    generate: str = ""
    line: int = 0

    def is_required(self, environment: str) -> bool:
        """True if the environment of that name must have a value."""
        return self.required is None or environment in self.required


class ManifestFile(NamedTuple):
    """A file that a service reads: where below the folder asked for, whose value, how decoded, its permissions."""

    path: tuple[str, ...]
    secret: NamePath
    decode: str
    mode: int
    line: int = 0


class Service(NamedTuple):
    """One consumer of secrets.

    `include` holds patterns, `imports` names of services, `env` templates (texts) and plain other values.
    """

    include: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    env: dict[str, TypedValue] = {}  # noqa: RUF012 - nobody changes a parsed manifest
    files: tuple[ManifestFile, ...] = ()
    line: int = 0


class Manifest(NamedTuple):
    """A whole manifest, checked: services that are imported exist and form no cycle."""

    secrets: dict[NamePath, Declaration]
    services: dict[str, Service]

    def environments(self) -> Iterator[tuple[str, Declaration]]:
        """Each environment that `required` names, with who names it: the manifest alone cannot know whether it exists."""
        for declaration in self.secrets.values():
            for environment in declaration.required or ():
                yield environment, declaration


EMPTY = Manifest({}, {})
