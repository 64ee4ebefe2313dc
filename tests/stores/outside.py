"""What the stores under test get of the outside."""

from collections.abc import Mapping

from gitseal.hidden import SecretBytes
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Outside, ProgramAnswer, Store


def outside(environ: Mapping[str, str], waited: list[float] | None = None) -> Outside:
    """These variables alone. No program is started; waits are written down and not waited."""

    def start(*_: object) -> ProgramAnswer:
        raise AssertionError

    return Outside(environ, start, ([] if waited is None else waited).append, "/", {})


def put(store: Store, **values: bytes) -> None:
    """Writes values over what was read just before, each with a mark of its own."""
    live = store.read()
    for name, value in values.items():
        store.write([Edit(name, SecretBytes(value), f"mark of {name}", live[name].version if name in live else "")])


def refused(place: str, **values: bytes) -> dict[str, str]:
    """What a place cannot carry of these, with the reason."""
    secrets = {name: SecretBytes(value) for name, value in values.items()}
    return {refusal.name: refusal.reason for refusal in table.refusals(place, secrets)}
