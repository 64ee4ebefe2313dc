"""git-crypt: Git's filters seal one env file whole. What it opens is read as Git gives it to a working tree."""

import functools
from collections.abc import Mapping
from pathlib import Path

from bench.comparison.tool import PLAIN, Person, Store, Tool, Words, sh
from bench.world import World

FILE = "secrets.env"
SHOW = ["git", "cat-file", "--filters", f":{FILE}"]


def _init(world: World, top: Path) -> None:
    world.run(["git-crypt", "init"], top)
    (top / ".gitattributes").write_text(f"{FILE} filter=git-crypt diff=git-crypt\n", encoding="utf-8")


@functools.cache
def keyring(world: World, owner: str) -> Path:
    """A home of gpg with one key that signs and encrypts."""
    home = world.folder / f"gnupg-{owner}"
    home.mkdir(mode=0o700)
    person = f"{owner} <{owner}@example.com>"
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    world.run([*gpg, "--passphrase", "", "--quick-gen-key", person, "future-default", "default", "never"], home)
    return home


@functools.cache
def met(world: World) -> Path:
    """Our home of gpg, which has carol's public key."""
    ours, theirs = keyring(world, "bench"), keyring(world, "carol")
    world.run(["sh", "-ec", f"gpg --homedir {theirs} --export carol | gpg --homedir {ours} --quiet --import"], ours)
    return ours


def _env(world: World) -> Mapping[str, str]:
    return {"GNUPGHOME": str(met(world))}


def _get_in_a_clone(world: World, name: str) -> Words:
    # What somebody else does: what is in our working tree is open.
    home = keyring(world, "carol")
    return sh(f"git clone -q . clone && cd clone && GNUPGHOME={home} git-crypt unlock && grep '^{name}=' {FILE}")


def _add(_world: World, _person: Person) -> Words:
    return ["git-crypt", "add-gpg-user", "--trusted", "carol"]


TOOL = Tool(
    name="git-crypt",
    program="git-crypt",
    pin="",
    version=("git-crypt", "--version"),
    store=Store(
        file=FILE,
        init=_init,
        load=lambda _: sh(f"mv {PLAIN} {FILE} && git add {FILE}"),
        get=lambda _, name: sh(f"{' '.join(SHOW)} | grep '^{name}='"),
        render=lambda _: SHOW,
        set=lambda _, name, value: sh(f"sed -i 's|^{name}=.*|{name}={value}|' {FILE} && git add {FILE}"),
        add=_add,
        remove="cannot take access away",
        log=lambda _, name: ["git", "log", "--format=%h", f"-G^{name}=", "--", FILE],
        get_as_person=_get_in_a_clone,
    ),
    hook="none of its own",
    history="looks at no plaintext",
    env=_env,
)
