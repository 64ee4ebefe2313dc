"""The files by which a service is reached: they hold credentials, name the server that gets them, or a program to run."""

import os
from collections.abc import Iterable, Iterator, Mapping


def files(service: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The files and folders that the way to a service reads, each with what names it; empty for those of HOME.

    `service` is the scheme of a store, or the name of a key service. What stands in a file is looked at only after the file was
    given: the files and programs that it names in turn come last. Raises Error for a kubeconfig that cannot be used.
    """
    kind = service.partition("-")[0]
    named, at_home = _READ.get(kind, ((), ()))
    read = [
        (name, path)
        for name in named
        for path in environ.get(name, "").split(os.pathsep if name in _LISTS else "\0")
        if path
    ]
    home = environ.get("HOME", "")
    yield from _as_read(read + [("", f"{home}/{path}") for path in at_home if home])
    if kind in _IN_TURN:
        from gitseal.remote import named_in_turn

        yield from _as_read(getattr(named_in_turn, kind)(environ))


def _as_read(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each path as it is written, and as some of the libraries read it: "~" and variables are folders for the others."""
    for names_it, path in named:
        expanded = os.path.expanduser(os.path.expandvars(path))  # noqa: PTH111 - Path raises for a person who is not there
        yield from ((names_it, one) for one in dict.fromkeys((path, expanded)))


_IN_TURN = frozenset({"aws", "azure", "gcp", "kubernetes"})
_LISTS = frozenset({"KUBECONFIG", "AWS_DATA_PATH"})
_READ = {
    "aws": (
        (
            "AWS_CA_BUNDLE",
            "AWS_CONFIG_FILE",
            "AWS_DATA_PATH",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ),
        (".aws/config", ".aws/credentials", ".aws/models"),
    ),
    "azure": (
        ("AZURE_CONFIG_DIR", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"),
        (".azure",),
    ),
    "gcp": (
        ("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG"),
        (".config/gcloud",),
    ),
    "kubernetes": (("KUBECONFIG",), (".kube/config",)),
    "pkcs11": (("GITSEAL_PKCS11_MODULE",), ()),
    "vault": ((), (".vault-token",)),
}
