"""All that the API takes from the process that calls it: environment variables, the working directory, the home."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from gitseal.document.value import TypedValue, ValueType, is_utf8
from gitseal.errors import Error, UsageError
from gitseal.hidden import SecretBytes
from gitseal.identities import Keyring, discover, reach_key_services
from gitseal.project.project import FOLDER, Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.identities.cloud_source import CloudKeys

ENVIRONMENT = "GITSEAL_ENV"
# Like getpass.getpass: gets the words to show, gives the passphrase, or None if nobody can be asked.
Ask = Callable[[str], str | None]


def folder(path: str | os.PathLike[str] | None) -> Path:
    """The folder from which to look for `.secrets`: `path`, or the working directory. Raises Error if it is no folder."""
    start = Path.cwd() if path is None else Path(path).absolute()
    if not start.is_dir():
        raise Error(f'"{start}" is not a folder', "give the folder that holds .secrets, or one below it")
    return start


def keyring(project: Project, identity: str | os.PathLike[str] | None, ask: Ask | None) -> Keyring:
    """The identities that a command would find here, or only the one in the file `identity`, if that is given."""
    explicit = None if identity is None else Path(identity)
    keyring = discover(os.environ, Path.home(), None if ask is None else _asking(ask), explicit)
    reach_key_services(keyring, os.environ, time.sleep, lambda: _cloud_keys(project))
    return keyring


def _cloud_keys(project: Project) -> "CloudKeys":
    from gitseal.project.belief.cloud_trust import ProjectCloudKeys  # asked for only if nothing else opens a value

    return ProjectCloudKeys(project, os.environ)


def _asking(ask: Ask) -> Callable[[str], SecretBytes | None]:
    def hidden(words: str) -> SecretBytes | None:
        answer = ask(f"{words}: ")
        return None if answer is None else SecretBytes(answer.encode())

    return hidden


def environment(project: Project, given: str | None) -> str:
    """The name of the environment: the given one, else that of GITSEAL_ENV, else the only one. Raises Error if that fails."""
    if given is not None:
        return project.resolve(given)
    named = os.environ.get(ENVIRONMENT, "")
    candidates = project.select((named,)) if named else project.environments
    if len(candidates) == 1:
        return candidates[0]
    if not candidates and not named:
        raise Error("there is no environment yet", "add one, for example: gitseal env add development")
    raise UsageError(
        f"{ENVIRONMENT} names {len(candidates)} environments, not one" if named else "which environment?",
        f"name one of {', '.join(project.environments)}, in the call or in {ENVIRONMENT}",
    )


def is_nothing_there(start: Path, given: str | None) -> bool:
    """True if nobody asks for an environment and there is no `.secrets`: as in a container that gets variables only."""
    return not named(given) and not any((above / FOLDER).exists() for above in (start, *start.parents))


def named(given: str | None) -> str:
    """The environment that the call or GITSEAL_ENV asks for, as it is written there; empty if neither does."""
    return os.environ.get(ENVIRONMENT, "") if given is None else given


def variables() -> Mapping[str, str]:
    """The variables of the process, which `${env:NAME}` in the manifest may name."""
    return os.environ


def variable(name: str) -> TypedValue | None:
    """The environment variable of a name, or None: of type text, or of type bytes if it is not UTF-8."""
    content = os.environb.get(os.fsencode(name)) if "/" not in name else None
    if content is None:
        return None
    return TypedValue(ValueType.TEXT if is_utf8(content) else ValueType.BYTES, content)
