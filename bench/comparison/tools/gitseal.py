"""gitseal itself, by the commands that its how-to pages show."""

from pathlib import Path

from bench.comparison.tool import PLAIN, Person, Store, Tool, Words, sh
from bench.world import GITSEAL, World

PRODUCTION = ("-e", "production")


def _init(world: World, top: Path) -> None:
    world.run([GITSEAL, "init", *PRODUCTION, "--as", "bench"], top)


def _add(_world: World, person: Person) -> Words:
    return sh(f"{GITSEAL} recipient add carol {person.recipient} --open production && {GITSEAL} rekey --yes")


TOOL = Tool(
    name="gitseal",
    program=GITSEAL,
    pin="",
    version=(GITSEAL, "--version"),
    store=Store(
        file=".secrets/production.yaml",
        init=_init,
        load=lambda _: [GITSEAL, "import", PLAIN, *PRODUCTION],
        get=lambda _, name: [GITSEAL, "get", *PRODUCTION, name],
        render=lambda _: [GITSEAL, "render", *PRODUCTION, "--format", "dotenv"],
        set=lambda _, name, value: [GITSEAL, "set", *PRODUCTION, f"{name}={value}"],
        add=_add,
        remove=lambda _, __: sh(f"{GITSEAL} recipient remove carol && {GITSEAL} rekey --yes"),
        log=lambda _, name: [GITSEAL, "log", *PRODUCTION, name],
        as_person=lambda person: {"GITSEAL_IDENTITY_FILE": str(person.identity)},
    ),
    hook=lambda _, __, ___: [GITSEAL, "hook", "run", "pre-commit"],
    history=lambda _: [GITSEAL, "scan", "--history"],
)
