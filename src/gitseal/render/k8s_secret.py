"""`k8s-secret`: the manifest of one Kubernetes Secret. Values are base64, so they may be any bytes.

The manifest is YAML 1.1 for `kubectl apply -f`. Null values are left out, as in the env-shaped dialects.
"""

import re
from collections.abc import Callable, Sequence

from gitseal.errors import UsageError
from gitseal.render._env import gather
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False
OPTIONS = ("name", "namespace")

# IsConfigMapKey, IsDNS1123Subdomain and IsDNS1123Label of k8s.io/apimachinery/pkg/util/validation.
_KEY = re.compile(r"(?!\.\.)(?!\.\Z)[-._a-zA-Z0-9]{1,253}")
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_MAX_LABEL, _MAX_NAME = 63, 253
_MAX_DATA = 1024 * 1024  # bytes of all values together: MaxSecretSize


def render(entries: Sequence[RenderedEntry], options: Options) -> bytes:
    """The manifest. Raises as `_env.gather` does, and UsageError if Kubernetes would not take the name or namespace."""
    head = _head(options)
    data = gather(entries, _fitting())
    body = "data:\n" + "".join(data) if data else "data: {}\n"
    return f"apiVersion: v1\nkind: Secret\n{head}type: Opaque\n{body}".encode()


def _head(options: Options) -> str:
    if not options.name:
        raise UsageError("a Secret needs a name", "add: --name NAME")
    labels = options.name.split(".")
    if len(options.name) > _MAX_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise UsageError(
            f'"{options.name}" is no name for a Secret',
            "a name has small letters, digits and - between them, such as app-env",
        )
    head = f'metadata:\n  name: "{options.name}"\n'
    if not options.namespace:
        return head
    if len(options.namespace) > _MAX_LABEL or _LABEL.fullmatch(options.namespace) is None:
        raise UsageError(
            f'"{options.namespace}" is no name for a namespace', "a name has small letters, digits and - between them"
        )
    return head + f'  namespace: "{options.namespace}"\n'


def _fitting() -> Callable[[str, RenderedEntry], str]:
    """Write one line for an entry, and count: Kubernetes refuses a Secret that is too large as a whole."""
    from binascii import b2a_base64

    size = 0

    def fit(name: str, entry: RenderedEntry) -> str:
        nonlocal size
        if _KEY.fullmatch(name) is None:
            raise CannotCarry(
                "a name that is no key of a Secret: only letters, digits, - _ and . serve, and not .. at the start"
            )
        content = entry.value.reveal()
        if size + len(content) > _MAX_DATA:
            raise CannotCarry("no room: a Secret takes 1 MiB in all")
        size += len(content)
        # Both in quotes: YAML 1.1 takes the names `y` and `1_0` for a boolean and a number, and the base64 `true` as well.
        return f'  "{name}": "{b2a_base64(content, newline=False).decode()}"\n'

    return fit
