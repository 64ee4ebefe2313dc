"""`init`: a new `.secrets` folder, or a clone of one made ready. A tracked file is never touched."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gitseal.arming import git_files
from gitseal.arming.founding import Founding, found
from gitseal.errors import Error, shell_quoted
from gitseal.git import configuration, index
from gitseal.git.repository import Repository, find_top, is_bare_folder
from gitseal.identities import Keyring, write_new
from gitseal.policy.parser import is_environment_name, is_principal_name
from gitseal.project.finding import find
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import roots_of
from gitseal.project.unseen import NotShown
from gitseal.recipients import x25519
from gitseal.yamltext import scalars

DEFAULT_ENVIRONMENTS = ("development", "production")
_TEAM = "team"


class Initialised(NamedTuple):
    """The result of `init`: the project, files written (relative to the root), and an identity made, with its place."""

    project: Project
    written: tuple[str, ...]
    identity: Path | None
    recipient: str


class Starter(NamedTuple):
    """The person who starts: the name in the policy, their email, and the public key that they hold the private half of."""

    name: str
    email: str
    recipient: str


def existing(start: Path) -> Project | None:
    """The project that `start` is in already, at its repository's top or below.

    Raises NotShown if the repository has one that the working tree does not show: a new one would lie in its place.
    """
    try:
        return find(start)
    except NotShown:
        raise
    except Error:
        return None


def elsewhere(start: Path) -> list[str]:
    """The folders of this repository that have a `.secrets`, as paths from `start`."""
    top = find_top(start)
    paths = index.offered_files(top, f":(glob)**/{FOLDER}/*") if top is not None else None
    return [os.path.relpath((top or start) / os.fsdecode(root), start) for root in roots_of(paths or ())]


def root_for(start: Path) -> Path:
    """The folder for a new `.secrets`. Raises Error outside a Git repository."""
    if find_top(start) is not None:
        return start
    if is_bare_folder(str(start)):
        raise Error(
            f'"{start}" is a bare repository, and has no files to write to',
            f"do it in a clone: git clone {shell_quoted(str(start))}",
        )
    raise Error(f'"{start}" is in no Git repository', "run: git init")


def default_name(start: Path) -> tuple[str, str]:
    """A name and an email from Git's `user.email`. Raises Error if that gives none."""
    email = configuration.email(find_top(start) or start)
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", email.partition("@")[0]).strip("-.")
    if not is_principal_name(name):
        raise Error(
            "Git's user.email gives no name for you in the policy",
            "give one with --as, or: git config user.email you@example.com",
        )
    return name, email


def newcomer(start: Path) -> tuple[str, str]:
    """The name and email of somebody whom the policy does not know, as far as Git does; empty if it gives none."""
    try:
        return default_name(start)
    except Error:
        return "", ""


def own_recipient(keyring: Keyring, place: Path) -> tuple[str, Path | None]:
    """The public key of an identity at hand, or of a new one written to `place`; and the place where one was made."""
    for identity in keyring.identities():
        if identity.recipient is not None:
            return identity.recipient, None
    made = x25519.generate()
    write_new(place, made.text)
    return made.recipient, place


def init(
    root: Path,
    keyring: Keyring,
    environments: Sequence[str],
    starter: Starter,
    plain: Mapping[str, Sequence[str]] | None = None,
) -> Initialised:
    """Makes `.secrets` with a policy, an empty manifest, their schemas and one file for each environment, and Git's rules.

    `plain` are the names that a rule of the policy makes plain, by environment.

    Raises Error for names that cannot be; then nothing is left behind.
    """
    check(starter.name, environments)
    policy = _policy(starter, environments) + _rules(plain or {})
    founding = Founding(policy, environments, [(starter.name, starter.recipient)])
    project, written = found(root, keyring, founding)
    return Initialised(project, written, None, starter.recipient)


def check(name: str, environments: Sequence[str]) -> None:
    """Raises Error for names that cannot be."""
    for environment in environments:
        if not is_environment_name(environment):
            raise Error(
                f'"{environment}" cannot be the name of an environment', "use lower-case letters, digits, _, . and -"
            )
    if not is_principal_name(name) or name == _TEAM:
        raise Error(f'"{name}" cannot be your name in the policy', "give another one with --as")


def _policy(starter: Starter, environments: Sequence[str]) -> str:
    # Some names are words of YAML: `n`, `on`, `null`.
    label, name = scalars.serialise_name(starter.name), scalars.serialise(starter.name)
    email = f"    email: {scalars.serialise(starter.email)}\n" if starter.email else ""
    opened = "".join(f"  {scalars.serialise_name(environment)}:\n    open: [{_TEAM}]\n" for environment in environments)
    return (
        "# Who may open what. Files follow with: gitseal rekey\n\nversion: 1\n\n"
        f'recipients:\n  {label}:\n{email}    keys: ["{starter.recipient}"]\n\n'
        f"groups:\n  {_TEAM}: [{name}]\n\nenvironments:\n{opened}"
    )


def _rules(plain: Mapping[str, Sequence[str]]) -> str:
    rules = "".join(
        f"  - names: [{', '.join(map(scalars.serialise, names))}]\n    environments: [{scalars.serialise(environment)}]\n"
        "    plain: true\n"
        for environment, names in plain.items()
        if names
    )
    return f"\n# The first rule that matches a name decides.\nrules:\n{rules}" if rules else ""


def ignore(root: Path, paths: Sequence[str]) -> bool:
    """Has Git ignore these files, by lines at the end of `.gitignore`; True if it did not ignore all of them before."""
    repository = Repository(find_top(root) or root)
    lines = "".join(f"/{path}\n" for path in paths if repository.would_add(root / path))
    return bool(lines) and git_files.add_lines(root / ".gitignore", lines)
