"""`run`: what a command's environment is; starting it is the work of `process`."""

from collections.abc import Mapping
from typing import NamedTuple

from gitseal.document.value import Kind
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project.project import Project
from gitseal.project.reading import Layered
from gitseal.recipients.variables import IDENTITY_VARIABLES
from gitseal.usecases.names import wanted
from gitseal.usecases.render import Selection, refuse_steering


class Prepared(NamedTuple):
    """The environment of the child, with the sealed values in it by name.

    `sectioned` counts the names of sections that it leaves out; `pending` are the names that wait to be absorbed.
    """

    environ: dict[bytes, bytes]
    sealed: dict[str, bytes]
    sectioned: int
    pending: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Prepared({len(self.environ)} variables, …)"


def prepare(
    project: Project, keyring: Keyring, environment: str, selection: Selection, inherited: Mapping[bytes, bytes]
) -> Prepared:
    """What `inherited` becomes with the environment's shared names set and no identity variable left.

    A null value takes the name out. Raises Error where a value does not open, holds a NUL byte, or steers a loader.
    """
    layered = Layered(project, environment, keyring)
    opened = layered.open_all(lambda path: wanted(path, *selection) and len(path) == 1)
    refuse_steering(project, (path[0] for path in opened.values))
    environ = {
        name: content
        for name, content in inherited.items()
        if name.decode("utf-8", "replace") not in IDENTITY_VARIABLES
    }
    unset = []
    for (name,), value in opened.values.items():
        content = value.reveal()
        if b"\0" in content:
            raise Error(
                f'"{name}" holds a NUL byte, which no environment variable can', f"leave it out with: --except {name}"
            )
        if value.kind is Kind.NULL:
            unset.append(name.encode())
        else:
            environ[name.encode()] = content
    for name_bytes in unset:
        environ.pop(name_bytes, None)
    sectioned = sum(len(path) > 1 and wanted(path, *selection) for path in layered.entries)
    sealed = {
        path[0]: value.reveal() for path, value in opened.values.items() if layered.entries[path][1].token is not None
    }
    return Prepared(environ, sealed, sectioned, opened.pending)
