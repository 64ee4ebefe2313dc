"""age: one env file, sealed whole. Its user opens it, edits it and seals it again."""

from pathlib import Path

from bench.comparison.tool import PLAIN, Person, Store, Tool, Words, sh
from bench.world import World

FILE = "secrets.env.age"


def _init(world: World, top: Path) -> None:
    (top / ".gitattributes").write_text("*.age diff=age\n", encoding="utf-8")
    world.run(["git", "config", "diff.age.textconv", f"age -d -i {world.identity}"], top)


def _again(world: World, between: str, *recipients: str) -> Words:
    sealed = " ".join(f"-r {recipient}" for recipient in recipients)
    return sh(f"age -d -i {world.identity} {FILE} | {between} age {sealed} -o new && mv new {FILE}")


def _set(world: World, name: str, value: str) -> Words:
    return _again(world, f"sed 's|^{name}=.*|{name}={value}|' |", world.recipient)


def _open(world: World) -> str:
    # A variable, so that the command can be somebody else's.
    return f'age -d -i "${{AGE_IDENTITY_FILE:-{world.identity}}}" {FILE}'


def _add(world: World, person: Person) -> Words:
    return _again(world, "", world.recipient, person.recipient)


TOOL = Tool(
    name="age",
    program="age",
    pin="age",
    version=("age", "--version"),
    store=Store(
        file=FILE,
        init=_init,
        load=lambda w: ["age", "-r", w.recipient, "-o", FILE, PLAIN],
        get=lambda w, name: sh(f"{_open(w)} | grep '^{name}='"),
        render=lambda w: sh(_open(w)),
        set=_set,
        add=_add,
        remove=lambda w, _: _again(w, "", w.recipient),
        log=lambda _, name: ["git", "log", "--format=%h", f"-G^{name}=", "--", FILE],
        as_person=lambda person: {"AGE_IDENTITY_FILE": str(person.identity)},
    ),
    hook="none of its own",
    history="looks at no plaintext",
)
