"""A consumer's request: which names, for which service."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from gitseal.project.names import wanted
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath


class Request(NamedTuple):
    """The wishes of a consumer, as `render` and `run` take them.

    `only` and `excepted` are patterns of the names that go out (empty `only`: all). `service` names one of the manifest's
    services, and `files` asks for its files too. `allow_missing` makes required names without a value a warning.
    `variables` are what `${env:NAME}` can name. `has_except`: whoever asks can leave names out by `--except`.
    """

    only: Sequence[str] = ()
    excepted: Sequence[str] = ()
    service: str = ""
    allow_missing: bool = False
    variables: Mapping[str, str] = MappingProxyType({})
    files: bool = False
    has_except: bool = True

    def takes(self, path: NamePath) -> bool:
        """True if a name goes out under this name."""
        return wanted(path, self.only, self.excepted)

    def __repr__(self) -> str:
        # The variables are a process's own, and an identity may be among them.
        return f"Request({self.only}, {self.excepted}, {self.service!r}, …)"
