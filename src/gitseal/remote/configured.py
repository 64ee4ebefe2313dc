"""The files by which a service is reached: they hold credentials, name the server that gets them, or a program to run."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path


def files(service: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The files and folders that the way to a service reads, each with what names it; empty for those of HOME.

    `service` is the scheme of a store, or the name of a key service. What stands in a file is looked at only after the file was
    given: the files and programs that it names in turn come last. Raises Error for a kubeconfig that cannot be used.
    """
    kind = service.partition("-")[0]
    named, at_home = _READ.get(kind, ((), ()))
    read = [
        (name, str(Path(path).expanduser()))
        for name in named
        for path in environ.get(name, "").split(os.pathsep if name in _LISTS else "\0")
        if path
    ]
    home = environ.get("HOME", "")
    yield from read + [("", f"{home}/{path}") for path in at_home if home]
    if kind in _IN_TURN:
        from gitseal.remote import named_in_turn

        yield from getattr(named_in_turn, kind)(environ)


_IN_TURN = frozenset({"aws", "gcp", "kubernetes"})
_LISTS = frozenset({"KUBECONFIG", "AWS_DATA_PATH"})
_READ = {
    "aws": (
        ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_DATA_PATH"),
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
