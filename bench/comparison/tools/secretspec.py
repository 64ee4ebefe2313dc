"""secretspec, with its age provider: declarations in TOML, and one age file with all values."""

from collections.abc import Mapping
from pathlib import Path

from bench.comparison.tool import PLAIN, Person, Store, Tool, Words, sh
from bench.world import World

FILE = "secrets.age"


def _init(world: World, top: Path) -> None:
    (top / "recipients").write_text(f"{world.recipient}\n", encoding="utf-8")


def _env(world: World) -> Mapping[str, str]:
    return {
        "SECRETSPEC_PROVIDER": f"age://{FILE}?identity={world.identity}&recipients-file=recipients",
        "SECRETSPEC_REASON": "benchmark",
    }


def _as_person(person: Person) -> Mapping[str, str]:
    return {"SECRETSPEC_PROVIDER": f"age://{FILE}?identity={person.identity}&recipients-file=recipients"}


def _recipients(*recipients: str) -> Words:
    # It seals to the listed recipients again whenever it writes; the value of any name does.
    listed = "".join(f"{recipient}\\n" for recipient in recipients)
    again = "secretspec get SECRET_000000 >value && secretspec set SECRET_000000 --from-file value"
    return sh(f"printf '{listed}' >recipients && {again} && rm value")


TOOL = Tool(
    name="secretspec",
    program="secretspec",
    pin="secretspec",
    version=("secretspec", "--version"),
    store=Store(
        file=FILE,
        init=_init,
        load=lambda _: sh(f"secretspec init --from dotenv://{PLAIN} && secretspec import dotenv://{PLAIN}"),
        get=lambda _, name: ["secretspec", "get", name],
        render=lambda _: ["secretspec", "export"],
        set=lambda _, name, value: ["secretspec", "set", name, value],
        add=lambda w, person: _recipients(w.recipient, person.recipient),
        remove=lambda w, _: _recipients(w.recipient),
        log="sealed whole, no textconv",
        as_person=_as_person,
    ),
    hook="none of its own",
    history="looks at no plaintext",
    env=_env,
)
