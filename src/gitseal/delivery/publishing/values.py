"""The values that a target gets of one environment in one commit, each with the key that its mark is made with."""

from gitseal.delivery.outgoing import Outgoing, outgoing, refuse_steering
from gitseal.delivery.publishing.planning import Desired
from gitseal.delivery.publishing.source import Source
from gitseal.delivery.request import Request
from gitseal.delivery.value_keys import ValueKeys
from gitseal.document.value import ValueType
from gitseal.hidden import SecretBytes
from gitseal.identities import Keyring
from gitseal.project.reading import OpenedEnvironment
from gitseal.records import NamedTuple


class Wanted(NamedTuple):
    """The values by their names in the store; what of the environment does not go out is in `going`.

    `files` are those of the service, which stay here.
    """

    values: dict[str, Desired]
    going: Outgoing
    file_id: str
    files: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Wanted(…)"


def wanted(source: Source, environment: str, keyring: Keyring) -> Wanted:
    """The values of an environment for a target. Raises Error as `outgoing` does, and for names that steer loaders and shells.

    No variable of the machine counts: what is published follows from the commit alone. A null value does not go out.
    """
    opened = OpenedEnvironment(source.project, environment, keyring)
    request = Request(service=source.target.service, has_except=False)
    going = outgoing(opened, request, with_sections=False)
    entries = [entry for entry in going.entries if entry.value.kind is not ValueType.NULL]
    refuse_steering(opened, source.target.service, [entry.path[0] for entry in entries])
    keys = ValueKeys(opened, source.target.service)
    values = {
        entry.path[0]: Desired(
            SecretBytes(entry.value.reveal()), keys.of(entry.path) if entry.sealed else keys.of_plain
        )
        for entry in entries
    }
    service = source.project.manifest.services.get(source.target.service)
    files = tuple("/".join(file.path) for file in service.files) if service is not None else ()
    return Wanted(values, going, opened.documents[environment].header.id, files)
