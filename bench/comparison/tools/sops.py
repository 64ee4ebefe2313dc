"""sops, with an age recipient and one YAML file."""

from pathlib import Path

from bench.comparison.tool import PLAIN, Person, Store, Tool, Words, sh
from bench.world import World

FILE = "secrets.yaml"


def _rules(*recipients: str) -> str:
    return f"creation_rules:\n  - age: {','.join(recipients)}\n"


def _init(world: World, top: Path) -> None:
    (top / ".sops.yaml").write_text(_rules(world.recipient), encoding="utf-8")


def _add(world: World, person: Person) -> Words:
    rules = _rules(world.recipient, person.recipient)
    return sh(f"printf '%s' '{rules}' >.sops.yaml && sops updatekeys --yes {FILE}")


TOOL = Tool(
    name="sops",
    program="sops",
    pin="sops",
    version=("sops", "--version", "--disable-version-check"),
    store=Store(
        file=FILE,
        init=_init,
        load=lambda _: sh(
            f"sops encrypt --input-type dotenv --output-type yaml --filename-override {FILE} {PLAIN} >{FILE}"
        ),
        get=lambda _, name: ["sops", "decrypt", "--extract", f'["{name}"]', FILE],
        render=lambda _: ["sops", "decrypt", "--output-type", "dotenv", FILE],
        set=lambda _, name, value: ["sops", "set", FILE, f'["{name}"]', f'"{value}"'],
        add=_add,
        # Also a new data key, without which whoever left still opens what comes.
        remove=lambda _, person: ["sops", "rotate", "--in-place", "--rm-age", person.recipient, FILE],
        log=lambda _, name: ["git", "log", "--format=%h", f"-G^{name}:", "--", FILE],
        as_person=lambda person: {"SOPS_AGE_KEY_FILE": str(person.identity)},
    ),
    hook="none of its own",
    history="looks at no plaintext",
)
