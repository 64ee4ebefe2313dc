"""Kubernetes: `kubernetes:NAMESPACE/NAME`, one Secret whose keys are the names, by server-side apply.

What is applied is all of ours, so a name that is left out goes. The server knows whose each key is: those of others are never
in what we apply. The marks are one annotation of the same Secret, so that values and marks are written in one call.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote import kubeconfig, programs
from gitseal.remote.calling import Response, refused
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.kubernetes import APPLY, KubeCluster, identity
from gitseal.stores import carrying, secret_object
from gitseal.stores.protocol import (
    LOOK,
    MARK_LENGTH,
    Carries,
    Edit,
    Live,
    Outside,
    Raced,
    Store,
    StoreRefusal,
    Values,
    Whereabouts,
)
from gitseal.stores.secret_object import ANNOTATION, MANAGER

CARRIES = Carries(
    locator="`kubernetes:NAMESPACE/NAME`: one Secret, a key for each name",
    names="letters, digits, `-`, `_` and `.`, at most 253 of them, and no `..` at the start",
    values="any bytes; 1,048,576 bytes together, and 262,144 of names and marks",
    mark="the annotation `gitseal` of the same Secret, written in the same call",
    race="compare-and-set on the version that was read, and on there being none",
    removal="left out of what is applied; the Secret stays, also without names",
)

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_LOCATOR = re.compile(rf"({_LABEL})/({_LABEL}(?:\.{_LABEL})*)")
_LONGEST_NAMESPACE, _LONGEST_NAME = 63, 253
_KEY = re.compile(r"(?!\.\.|\.\Z)[-._a-zA-Z0-9]{1,253}")
_MOST_BYTES, _MOST_ANNOTATIONS = 1_048_576, 262_144
_OK, _CREATED, _UNAUTHORIZED, _FORBIDDEN, _MISSING, _RACED, _INVALID = 200, 201, 401, 403, 404, 409, 422


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What a Secret cannot carry. Raises Error for a locator that is no namespace and name."""
    _parts(locator)
    for name in values:
        if not _KEY.fullmatch(name):
            yield StoreRefusal(name, "it is no key of a Secret")
    yield from carrying.too_many_bytes(
        "", sum(len(value.reveal()) for value in values.values()), _MOST_BYTES, "a Secret"
    )
    if len(ANNOTATION) + len(secret_object.marks_text(dict.fromkeys(values, "m" * MARK_LENGTH))) > _MOST_ANNOTATIONS:
        yield StoreRefusal("", f"their marks have more than the {_MOST_ANNOTATIONS:,} bytes of a Secret's annotations")


def open_store(locator: str, outside: Outside) -> Store:
    """The Secret. Raises Error if no kubeconfig says which cluster it is in."""
    namespace, name = _parts(locator)
    context = kubeconfig.read(outside.environ)
    return _KubeSecret(KubeCluster(context, outside.environ, _Run(outside), outside.wait), namespace, name)


def whereabouts(locator: str, outside: Outside) -> Whereabouts:
    """The cluster of the current context, or of the one that GITSEAL_KUBE_CONTEXT names."""
    _parts(locator)
    context = kubeconfig.read(outside.environ)
    called = f'context "{context.name}"' if context.name else "the cluster of this pod"
    return Whereabouts(f"{context.url} ({called})", identity(context))


def _parts(locator: str) -> tuple[str, str]:
    parts = _LOCATOR.fullmatch(locator)
    if parts is None or len(parts[1]) > _LONGEST_NAMESPACE or len(parts[2]) > _LONGEST_NAME:
        raise Error(
            f'"{locator}" is no Secret: the cluster comes from your kubeconfig, and only the rest stands in the policy',
            "give the namespace and the Secret's name, such as kubernetes:shop/env",
        )
    return parts[1], parts[2]


class _Run:
    """Runs the kubeconfig's program for credentials, as a store may run programs."""

    def __init__(self, outside: Outside) -> None:
        self._start = outside.start

    def __call__(self, command: Sequence[str], variables: Mapping[str, str]) -> SecretBytes:
        words = [programs.located(command[0]), *command[1:]]
        more = {**variables, **programs.confining({**os.environ, **variables})}
        answer = self._start(words, SecretBytes(b""), (), more, programs.FOLDER)
        if answer.status or answer.is_too_long:
            name = command[0].rpartition("/")[2]
            message = f'the program "{name}" of the kubeconfig gave no credentials (status {answer.status})'
            raise RemoteError(message, kubeconfig.SIGN_IN, kind=RemoteFailure.UNKNOWN_TO_IT)
        return answer.printed


class _KubeSecret:
    """The Secret as it was read: what is in it, and whose each key is."""

    is_whole = True
    keeps_marks = True

    def __init__(self, cluster: KubeCluster, namespace: str, name: str) -> None:
        self._cluster = cluster
        self._namespace, self._name = namespace, name
        self._url = f"/api/v1/namespaces/{namespace}/secrets/{name}"
        self._live: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"_KubeSecret({self._namespace}/{self._name})"

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        answer = self._cluster.ask("GET", self._url, reads=True)
        if answer.status == _MISSING:
            self._live = {}
            return {}
        if answer.status != _OK:
            raise self._refused("read", answer)
        self._live = self._secret(answer)
        why = secret_object.why_not_ours(self._live)
        if why:
            hint = "give the target a Secret of its own"
            raise RemoteError(f"the Secret {self._told} {why}, so nothing is published to it", hint)
        return secret_object.live_values(self._live)

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`. What others own stays theirs, but for the names in the edits: their owners were told with what is done."""
        self._check_removals([edit.name for edit in edits if edit.value is None])
        content = secret_object.applied(self._live, edits)
        content["metadata"] |= {"name": self._name, "namespace": self._namespace}
        # Forced, since whose each key is was seen: it is applied to the version that was read, and to no other.
        answer = self._cluster.ask("PATCH", f"{self._url}?fieldManager={MANAGER}&force=true", content, kind=APPLY)
        if answer.status == _RACED or _is_another(answer):
            raise Raced(f"the Secret {self._told}")
        if answer.status not in {_OK, _CREATED}:
            raise self._refused("write", answer)
        if not secret_object.has(self._secret(answer), edits):
            raise RemoteError(f"the cluster answered with another Secret {self._told} than we wrote", LOOK)

    @property
    def _told(self) -> str:
        return f"{self._namespace}/{self._name}"

    def _secret(self, answer: Response) -> dict[str, Any]:
        """The Secret in an answer. Something on the way may have answered in the cluster's place."""
        if not isinstance(answer.content, dict) or answer.content.get("kind") != "Secret":
            raise RemoteError(f"the cluster answered with something else than the Secret {self._told}", LOOK)
        return answer.content

    def _check_removals(self, names: Sequence[str]) -> None:
        """Raises RemoteError for a name that would stay although we leave it out: somebody else has it too."""
        for name in names:
            owners = secret_object.owners_of(self._live, name)
            if owners != {MANAGER}:
                # Not by their names: whoever may write the Secret chooses these words.
                others = bool(owners - {MANAGER})
                whose = "another manager has it too" if others else "the cluster does not know whose it is"
                message = f"{name} of the Secret {self._told} is not removed: {whose}, and nothing was written"
                patch = json.dumps([{"op": "remove", "path": f"/data/{name}"}])
                of_it = f"--namespace {self._namespace} patch secret {self._name}"
                raise RemoteError(message, f"remove it with: kubectl {of_it} --type json --patch '{patch}'")

    def _refused(self, did: str, answer: Response) -> RemoteError:
        what = f"{did} the Secret {self._told}"
        verb = {"read": "get", "write": "patch"}[did]
        may = f"see what is allowed: kubectl auth can-i {verb} secret/{self._name} --namespace {self._namespace}"
        if answer.status == _UNAUTHORIZED:
            message = f"the cluster did not {what}: the kubeconfig's credentials are not valid, or have expired"
            return RemoteError(message, kubeconfig.SIGN_IN, kind=RemoteFailure.UNKNOWN_TO_IT)
        if answer.status == _FORBIDDEN and "NamespaceTerminating" in _causes(answer, "reason"):
            return RemoteError(f"the cluster did not {what}: the namespace is being deleted", kind=RemoteFailure.GONE)
        if answer.status == _FORBIDDEN:
            message = f"the cluster did not {what}: the kubeconfig's user may not {verb} it"
            message += ", or not create it" if did == "write" else ""
            return RemoteError(message, may, kind=RemoteFailure.DENIED)
        if answer.status == _MISSING:
            message = f"the cluster did not {what}: there is no namespace {self._namespace}"
            hint = f"make it first: kubectl create namespace {self._namespace}"
            return RemoteError(message, hint, kind=RemoteFailure.GONE)
        if answer.status == _INVALID and "FieldValueTooLong" in _causes(answer, "reason"):
            message = f"the cluster did not {what}: with what others have in it, it is too large"
            return RemoteError(message, "give the target a Secret of its own")
        return refused("the cluster", what, answer.status)


def _is_another(answer: Response) -> bool:
    """True if the Secret was deleted and made anew since it was read."""
    return answer.status == _INVALID and "metadata.uid" in _causes(answer, "field")


def _causes(answer: Response, key: str) -> list[str]:
    """What a refusal gives as its causes, which are words of the API and not of a person."""
    try:
        return [str(cause.get(key)) for cause in answer.content["details"]["causes"]]
    except (KeyError, TypeError, AttributeError):
        return []
