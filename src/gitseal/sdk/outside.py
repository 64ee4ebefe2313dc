"""What the API takes from the process that calls it: environment variables, the working directory, the home."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from gitseal.document.value import TypedValue, ValueType, is_utf8
from gitseal.errors import Error, UsageError
from gitseal.hidden import SecretBytes
from gitseal.identities import Keyring, discover
from gitseal.project.project import FOLDER, Project

ENVIRONMENT = "GITSEAL_ENV"
# Gets the words to show, such as getpass.getpass; gives the passphrase, or None where nobody can be asked.
Ask = Callable[[str], str | None]


def folder(path: str | os.PathLike[str] | None) -> Path:
    """The folder to look for `.secrets` from: `path`, or the working directory. Raises Error where it is none."""
    found = Path.cwd() if path is None else Path(path).absolute()
    if not found.is_dir():
        raise Error(f'"{found}" is not a folder', "give the folder that holds .secrets, or one below it")
    return found


def keyring(identity: str | os.PathLike[str] | None, ask: Ask | None) -> Keyring:
    """The identities at hand, as for a command: `identity` is the path of the only one to use, where it is given."""
    explicit = None if identity is None else Path(identity)
    return discover(os.environ, Path.home(), None if ask is None else _asking(ask), explicit)


def _asking(ask: Ask) -> Callable[[str], SecretBytes | None]:
    def hidden(words: str) -> SecretBytes | None:
        answer = ask(f"{words}: ")
        return None if answer is None else SecretBytes(answer.encode())

    return hidden


def environment(project: Project, given: str | None) -> str:
    """The environment that is given, else that of GITSEAL_ENV, else the only one. Raises Error where it is none of these."""
    if given is not None:
        return project.resolve(given)
    named = os.environ.get(ENVIRONMENT, "")
    found = project.select((named,)) if named else project.environments
    if len(found) == 1:
        return found[0]
    if not found and not named:
        raise Error("there is no environment yet", "make one with: gitseal env add NAME")
    raise UsageError(
        f"{ENVIRONMENT} names {len(found)} environments, not one" if named else "which environment?",
        f"name one of {', '.join(project.environments)}, in the call or in {ENVIRONMENT}",
    )


def is_nothing_there(start: Path, given: str | None) -> bool:
    """Whether no environment is asked for and there is no `.secrets` either, as in a container that is given variables."""
    return not named(given) and not any((above / FOLDER).exists() for above in (start, *start.parents))


def named(given: str | None) -> str:
    """The environment as it is asked for, by the call or by GITSEAL_ENV; empty where it is not."""
    return os.environ.get(ENVIRONMENT, "") if given is None else given


def variables() -> Mapping[str, str]:
    """What `${env:NAME}` of the manifest can name: the process's variables."""
    return os.environ


def variable(name: str) -> TypedValue | None:
    """The environment variable of a name, if it is set: as text, or as bytes where it is not UTF-8."""
    content = os.environb.get(os.fsencode(name)) if "/" not in name else None
    if content is None:
        return None
    return TypedValue(ValueType.TEXT if is_utf8(content) else ValueType.BYTES, content)
