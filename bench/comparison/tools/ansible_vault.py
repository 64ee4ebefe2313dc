"""ansible-vault: one file sealed whole by a password."""

from pathlib import Path

from bench.comparison.tool import PLAIN, Store, Tool, Words
from bench.world import World

FILE = "vault.env"
SHARED = "one password for all"


def _password(world: World) -> list[str]:
    path = world.folder / "ansible-password"
    if not path.exists():
        path.write_text("correct horse battery staple\n", encoding="utf-8")
    return ["--vault-password-file", str(path)]


def _init(world: World, top: Path) -> None:
    (top / ".gitattributes").write_text(f"{FILE} diff=ansible-vault\n", encoding="utf-8")
    show = ["ansible-vault", "view", *_password(world)]
    world.run(["git", "config", "diff.ansible-vault.textconv", " ".join(show)], top)


def _view(world: World) -> Words:
    return ["ansible-vault", "view", *_password(world), FILE]


def _set(world: World, name: str, value: str) -> Words:
    editor = f"EDITOR=sed -i 's|^{name}=.*|{name}={value}|'"
    return ["env", editor, "ansible-vault", "edit", *_password(world), FILE]


TOOL = Tool(
    name="ansible-vault",
    program="ansible-vault",
    pin="ansible_core",
    version=("ansible-vault", "--version"),
    store=Store(
        file=FILE,
        init=_init,
        load=lambda w: ["ansible-vault", "encrypt", *_password(w), "--output", FILE, PLAIN],
        get=lambda w, _: _view(w),
        render=_view,
        set=_set,
        add=SHARED,
        remove=SHARED,
        log=lambda _, name: ["git", "log", "--format=%h", f"-G^{name}=", "--", FILE],
    ),
    hook="none of its own",
    history="looks at no plaintext",
)
