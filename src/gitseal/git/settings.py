"""Settings of Git that gitseal writes and reads back, with where they come from (git-config(1))."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error, shell_quoted
from gitseal.git.run import git

_NOT_SET = (0, 1)


class Setting(NamedTuple):
    """A value in force. `place` is its scope and file: `local .git/config`."""

    value: str
    place: str


def local(top: Path, key: str) -> tuple[str, ...]:
    """The values that the repository's own configuration has for a key."""
    answer = git(top, "config", "--local", "-z", "--get-all", key)
    return tuple(value.decode("utf-8", "surrogateescape") for value in (answer or b"").split(b"\0")[:-1])


def write(top: Path, key: str, value: str) -> None:
    """Sets a key in the repository's own configuration, over all values it had. Raises Error if Git cannot."""
    if git(top, "config", "--local", "--replace-all", key, value) is None:
        raise Error(f"Git cannot set {key}", f"look at: git -C {shell_quoted(top)} config --local --list")


def add(top: Path, key: str, value: str) -> None:
    """Gives a key one more value in the repository's own configuration. Raises Error if Git cannot."""
    if git(top, "config", "--local", "--add", key, value) is None:
        raise Error(f"Git cannot set {key}", f"look at: git -C {shell_quoted(top)} config --local --list")


def remove(top: Path, key: str) -> None:
    """Takes a key out of the repository's own configuration."""
    if git(top, "config", "--local", "--unset-all", key) is None:
        raise Error(f"Git cannot take out {key}", f"look at: git -C {shell_quoted(top)} config --local --list")


def effective(top: Path, keys: Iterable[str]) -> dict[str, Setting]:
    """The settings in force for these keys, by key; those that are not set are left out. Git is asked once for all."""
    by_name = {_canonical(key): key for key in keys}
    names = "|".join(name.replace(".", r"\.") for name in by_name)
    answer = git(top, "config", "-z", "--show-scope", "--show-origin", "--get-regexp", f"^({names})$", ok=_NOT_SET)
    if answer is None:
        raise Error("Git cannot read its configuration", f"look at: git -C {shell_quoted(top)} config --list")
    fields = iter(answer.decode("utf-8", "surrogateescape").split("\0")[:-1])
    settings = {}
    for scope, origin, entry in zip(fields, fields, fields, strict=True):
        name, _, value = entry.partition("\n")
        # Of several values the last one is in force.
        settings[by_name[name]] = Setting(value, f"{scope} {origin.removeprefix('file:')}")
    return settings


def _canonical(key: str) -> str:
    """A key as Git writes it: case counts in its middle alone (git-config(1))."""
    section, _, rest = key.partition(".")
    middle, dot, name = rest.rpartition(".")
    return f"{section.lower()}.{middle}{dot}{name.lower()}"


def of_the_person(top: Path, key: str) -> str:
    """A setting that starts a program, or nothing. One that a file of the working tree says, by an include, does not count."""
    setting = effective(top, (key,)).get(key)
    if setting is None:
        return ""
    file = (top / setting.place.partition(" ")[2]).resolve()
    within = file.relative_to(top.resolve()).parts if file.is_relative_to(top.resolve()) else (".git",)
    return setting.value if within[:1] == (".git",) or not file.is_file() else ""


def has_ref(top: Path, ref: str) -> bool:
    """True if a ref is there."""
    return git(top, "show-ref", "--verify", "--quiet", ref) is not None
