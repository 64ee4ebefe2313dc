"""`run`: what a command's environment is, and what its output may not show; starting it is the work of `process`."""

import os
from collections.abc import Mapping

from gitseal.delivery.outgoing import Outgoing, outgoing, refuse_steering
from gitseal.delivery.request import Request
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.project.reading import OpenedEnvironment
from gitseal.records import NamedTuple
from gitseal.variables import FILES_VARIABLE, for_child


class Prepared(NamedTuple):
    """The environment of the child, and what went into it."""

    environ: dict[bytes, bytes]
    going: Outgoing

    def secrets(self) -> list[tuple[str, bytes]]:
        """The values that the output may not show, with their names: every sealed one that went in and is no ordinary one."""
        from gitseal.scan.ordinary import is_ordinary  # not if nothing is redacted

        going = self.going
        sealed = [("/".join(entry.path), entry.value.reveal()) for entry in going.entries if entry.sealed]
        parts = [(name, value.reveal()) for name, value in going.parts.items()]
        files = [(file.name, file.item.content) for file in going.files if file.sealed]
        return [(name, value) for name, value in (*sealed, *parts, *files) if not is_ordinary(value)]

    def __repr__(self) -> str:
        return "Prepared(…)"


def prepare(opened: OpenedEnvironment, request: Request, inherited: Mapping[bytes, bytes]) -> Prepared:
    """The variables of the child process: `inherited` with the environment's shared names set, and no identity variable left.

    A null value takes the name out. If the request is for files too, the child is told where it says they are. Raises
    Error for all that `outgoing` refuses, for a value with a NUL byte, and for names that steer a loader.
    """
    going = outgoing(opened, request, with_sections=False)
    refuse_steering(opened, request.service, (entry.path[0] for entry in going.entries))
    for (name,), value, _ in going.entries:
        if b"\0" in value.reveal():
            raise Error(
                f'"{name}" holds a NUL byte, which no environment variable can', f"leave it out with: --except {name}"
            )
    environ = for_child(inherited)
    for (name,), value, _ in going.entries:
        if value.kind is ValueType.NULL:
            environ.pop(name.encode(), None)
        else:
            environ[name.encode()] = value.reveal()
    if request.files:
        environ[FILES_VARIABLE.encode()] = os.fsencode(request.variables[FILES_VARIABLE])
    return Prepared(environ, going)


def place_files(request: Request, prepared: Prepared) -> None:
    """Writes the files to where the request says they are. Raises Error if they cannot be written."""
    from pathlib import Path

    from gitseal.files import below

    with below.staged(Path(request.variables[FILES_VARIABLE]), [file.item for file in prepared.going.files]) as put:
        put()
