"""Who we are to a service, and where it is, is this machine's own matter: nothing that a commit brings says it.

This is looked at before anything of a cloud is loaded: its library runs the programs that such a file names, and sends tokens to
the addresses in it.
"""

from collections.abc import Mapping

from gitseal.errors import Error
from gitseal.git.brought import is_brought
from gitseal.git.repository import Repository
from gitseal.remote import configured


def refusal(repository: Repository | None, service: str, environ: Mapping[str, str]) -> Error | None:
    """The error for a file of credentials or settings that a commit decides; None if there is none.

    `service` is the scheme of a store, or the name of a key service.
    """
    for names_it, path in configured.files(service, environ) if repository is not None else ():
        if repository is not None and _is_brought(repository, path):
            named = f", which {names_it} names," if names_it else ""
            return Error(
                f'"{path}"{named} says who we are to a service, and it is committed, so whoever changes it there decides that',
                "take it out of the repository, and keep it elsewhere",
            )
    return None


def check(repository: Repository | None, service: str, environ: Mapping[str, str]) -> None:
    """Raises the error of `refusal`."""
    error = refusal(repository, service, environ)
    if error is not None:
        raise error


def _is_brought(repository: Repository, path: str) -> bool:
    try:
        return is_brought(repository, path)
    except OSError:
        return True
