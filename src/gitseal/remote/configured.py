"""The files by which a service is reached: they hold credentials, name the server that gets them, or a program to run."""

import os
from collections.abc import Mapping
from pathlib import Path


def files(service: str, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """The files and folders that the way to a service reads, each with the variable that names it; empty for those of HOME.

    `service` is the scheme of a store, or the name of a key service.
    """
    named, at_home = _READ.get(service.partition("-")[0], ((), ()))
    found = [
        (name, str(Path(path).expanduser()))
        for name in named
        for path in environ.get(name, "").split(os.pathsep if name in _LISTS else "\0")
        if path
    ]
    home = environ.get("HOME", "")
    return found + [("", f"{home}/{path}") for path in at_home if home]


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
