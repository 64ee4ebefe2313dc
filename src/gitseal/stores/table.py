"""The kinds of stores. A store's module is imported when it is used: a library of a cloud takes its time."""

from importlib import import_module

from gitseal.errors import Error
from gitseal.records import NamedTuple
from gitseal.stores.protocol import Carries, Outside, Store, StoreRefusal, Values, Whereabouts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


class StoreKind(NamedTuple):
    """One kind: the scheme of `to`, its title, and the module. `runs_code`: to read it is to start a program."""

    scheme: str
    title: str
    module: str
    runs_code: bool = False

    def load(self) -> "ModuleType":
        """The module of the kind."""
        return import_module(f"gitseal.stores.{self.module}")

    def carries(self) -> Carries:
        """What it can carry."""
        carries: Carries = self.load().CARRIES
        return carries


KINDS = (
    StoreKind("exec", "A program", "program", runs_code=True),
    StoreKind("gitea", "Gitea Actions secrets", "forges.gitea"),
    StoreKind("azure-keyvault", "Azure Key Vault", "azure_secrets"),
    StoreKind("gcp-secretmanager", "Google Secret Manager", "google_secrets"),
    StoreKind("github", "GitHub Actions secrets", "forges.github"),
    StoreKind("gitlab", "GitLab CI variables", "forges.gitlab"),
    StoreKind("kubernetes", "Kubernetes", "kubernetes"),
    StoreKind("aws-ssm", "AWS Parameter Store", "aws.ssm"),
    StoreKind("aws-secretsmanager", "AWS Secrets Manager", "aws.secretsmanager"),
    StoreKind("vault", "Vault or OpenBao, KV version 2", "vault"),
)


def kind_of(place: str) -> StoreKind:
    """The kind of store of a place. Raises Error if this gitseal has none of that scheme."""
    scheme = place.partition(":")[0]
    for kind in KINDS:
        if kind.scheme == scheme:
            return kind
    known = ", ".join(kind.scheme for kind in KINDS)
    raise Error(f'"{scheme}" is no kind of store that this gitseal knows', f"these are: {known}; or upgrade gitseal")


def refusals(place: str, values: Values) -> "Iterator[StoreRefusal]":
    """What a place cannot carry of these values. Raises Error for a place that its kind cannot read."""
    found: Iterator[StoreRefusal] = kind_of(place).load().limits(_locator(place), values)
    return found


def open_store(place: str, outside: Outside) -> Store:
    """The store at a place. Nothing is asked of it yet. Raises Error if the outside lacks what it needs."""
    store: Store = kind_of(place).load().open_store(_locator(place), outside)
    return store


def whereabouts(place: str, outside: Outside) -> Whereabouts | None:
    """The server of a place; None if its kind has no server that the outside names. Raises Error if the outside names none."""
    asked = getattr(kind_of(place).load(), "whereabouts", None)
    if asked is None:
        return None
    with outside.asking():
        server: Whereabouts = asked(_locator(place), outside)
    return server


def _locator(place: str) -> str:
    return place.partition(":")[2]
