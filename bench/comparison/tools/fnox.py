"""fnox, with its age provider: one TOML file in which each value is an age file."""

from pathlib import Path

from bench.comparison.tool import PLAIN, Person, Store, Tool, Words, sh
from bench.world import World

FILE = "fnox.toml"


def _init(world: World, top: Path) -> None:
    text = f'root = true\n\n[providers.age]\ntype = "age"\nrecipients = ["{world.recipient}"]\n\n[secrets]\n'
    (top / FILE).write_text(text, encoding="utf-8")


def _recipients(*recipients: str) -> Words:
    listed = ", ".join(f'"{recipient}"' for recipient in recipients)
    return sh(f"sed -i 's|^recipients = .*|recipients = [{listed}]|' {FILE} && fnox reencrypt --force")


def _add(world: World, person: Person) -> Words:
    return _recipients(world.recipient, person.recipient)


TOOL = Tool(
    name="fnox",
    program="fnox",
    pin="fnox",
    version=("fnox", "--version"),
    store=Store(
        file=FILE,
        init=_init,
        load=lambda _: ["fnox", "import", "-i", PLAIN, "--provider", "age", "--force"],
        get=lambda _, name: ["fnox", "get", name],
        render=lambda _: ["fnox", "export", "--format", "env"],
        set=lambda _, name, value: ["fnox", "set", name, value, "--provider", "age"],
        add=_add,
        remove=lambda w, _: _recipients(w.recipient),
        log=lambda _, name: ["git", "log", "--format=%h", f"-G^{name}", "--", FILE],
        as_person=lambda person: {"FNOX_AGE_KEY_FILE": str(person.identity)},
    ),
    hook="none in this version",
    history="looks at no history",
    env=lambda w: {"FNOX_AGE_KEY_FILE": str(w.identity), "FNOX_NO_DAEMON": "1"},
)
