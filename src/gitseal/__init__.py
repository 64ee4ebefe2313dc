"""gitseal keeps a team's secrets in its Git repository.

For programs it is `load` and `secret` (docs/reference/sdk.md), each imported when it is first used: this module is on the
way of every command.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.errors import Error as Error
    from gitseal.sdk.declared import Secret as Secret
    from gitseal.sdk.declared import secret as secret
    from gitseal.sdk.loading import Missing as Missing
    from gitseal.sdk.loading import Secrets as Secrets
    from gitseal.sdk.loading import Value as Value
    from gitseal.sdk.loading import load as load

__all__ = ["Error", "Missing", "Secret", "Secrets", "Value", "load", "secret"]

_HOMES = {
    "Error": "gitseal.errors",
    "Missing": "gitseal.sdk.loading",
    "Secret": "gitseal.sdk.declared",
    "Secrets": "gitseal.sdk.loading",
    "Value": "gitseal.sdk.loading",
    "load": "gitseal.sdk.loading",
    "secret": "gitseal.sdk.declared",
}


def _load(name: str) -> object:
    """A name of the package, imported when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f'module "gitseal" has no attribute "{name}"')
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


if not TYPE_CHECKING:  # a type checker is to know a name that is not there
    __getattr__ = _load


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
