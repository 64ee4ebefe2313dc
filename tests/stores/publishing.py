"""A publication of values to one store, as planning makes it and as it is carried out."""

from typing import NamedTuple

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import Scope
from gitseal.delivery.publishing.planning import Desired, Publisher, PublishPlan, PublishRules, plan
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Store
from tests.servers.json_server import JsonServer
from tests.stores.outside import outside

FILE = "f" + "1" * 32
KEY = DataKey(Scope(FILE, "production", "default"), b"k" * 32)


class Planned(NamedTuple):
    """A publication that was planned and not carried out."""

    store: Store
    plan: PublishPlan
    edits: list[Edit]

    @property
    def counts(self) -> dict[str, int]:
        return {action: count for action, count in self.plan.counts().items() if count}

    @property
    def notes(self) -> dict[str, str]:
        return {step.name: step.note for step in self.plan.steps if step.note}

    def carry_out(self) -> None:
        for edit in self.edits:
            self.store.write([edit])


class Publishing(NamedTuple):
    """Publications of one target to one place."""

    place: str
    environ: dict[str, str]

    def store(self) -> Store:
        return table.open_store(self.place, outside(self.environ))

    def plan(self, values: dict[str, bytes], number: int = 1, *, prunes: bool = False, adopts: bool = False) -> Planned:
        """What is to be done for these values at commit `number`."""
        store = self.store()
        wanted = {name: Desired(SecretBytes(value), KEY) for name, value in values.items()}
        publisher = Publisher(FILE, "shop", f"{number:040x}")
        made = plan(publisher, wanted, store.read(), lambda *_: KEY, PublishRules(prunes, adopts))
        return Planned(store, made, made.edits(wanted, publisher))

    def publish(self, values: dict[str, bytes], number: int = 1, *, prunes: bool = False) -> dict[str, int]:
        """Carries it out; how many names each action had."""
        planned = self.plan(values, number, prunes=prunes)
        assert not planned.plan.refused
        planned.carry_out()
        return planned.counts


def carry_out_until(server: JsonServer, planned: Planned, requests: int) -> bool:
    """Carries it out while the stand-in takes so many requests; True if that was enough."""
    server.left = requests
    try:
        planned.carry_out()
    except RemoteError:
        return False
    else:
        return True
    finally:
        server.left = None
