"""`list`: the names of environments with what can be said of each without opening it."""

from collections.abc import Callable, Mapping, Sequence

from gitseal.crypto.digest import sha256_hex, sha256_of_many
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document.document import Entry
from gitseal.document.value import TypedValue
from gitseal.policy.patterns import matches
from gitseal.project.names import below, missing, parse_name
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment, OpenedEnvironment, check_reveal
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:  # loaded only if there is a history
    from gitseal.audit.history.last_changes import Last, Names

_FINGERPRINT_DIGITS = 12
_FEW = 1000
"""Names whose digests take less time than loading what is faster."""


class NameRow(NamedTuple):
    """One name. `access` is its access group or `plain`; `kind` is sealed, write-only, pending or plain.

    `inherited` names the environment that it comes from if that is another. `fingerprint` is of the ciphertext, empty for
    a plain value: it changes with every sealing and tells nothing of the value. `value` is there only if it was asked for.
    `last` is the commit that brought the value as it stands, if history tells.
    """

    environment: str
    name: str
    access: str
    kind: str
    fingerprint: str
    inherited: str
    value: TypedValue | None
    last: "Last | None" = None


def list_names(
    workspace: Workspace,
    environments: Sequence[str],
    patterns: Sequence[str] = (),
    *,
    show_values: bool = False,
) -> list[NameRow]:
    """The names of the environments, sorted within each, narrowed to `patterns` if there are any.

    Opens values only for `show_values`; raises Error for them if the
    policy says `reveal: false` or one does not open. A section stands for what it holds. Raises Error for a pattern without
    `*` that names nothing.
    """
    project = workspace.project.fixed()
    # Every environment is read before any row is made: history is asked once, for all of them.
    listed: list[tuple[EffectiveEnvironment, list[NamePath], dict[NamePath, TypedValue]]] = []
    for environment in environments:
        if show_values:
            check_reveal(project, environment)
        layered = OpenedEnvironment(project, environment, workspace.keyring)
        paths = sorted(_narrowed(layered, environment, patterns))
        opened = {path: layered.open(path) for path in paths if show_values and not layered.is_pending(path)}
        listed.append((layered, paths, opened))
    last = _history(project, [(layered, paths) for layered, paths, _ in listed])
    digest = sha256_of_many() if sum(len(paths) for _, paths, _ in listed) > _FEW else sha256_hex
    return [_row(layered, path, opened.get(path), last, digest) for layered, paths, opened in listed for path in paths]


def _history(
    project: Project, listed: Sequence[tuple[EffectiveEnvironment, Sequence[NamePath]]]
) -> "Mapping[tuple[str, str], Last]":
    """The people who last changed the names, by environment and name; nothing outside of a repository, where nothing is run."""
    if project.repository is None or not project.source.is_working_tree:
        return {}
    from gitseal.audit.history.last_changes import last_changes

    own = frozenset(project.environments)
    wanted: Names = {}
    for layered, paths in listed:
        for path in paths:
            environment, entry = layered.entries[path]
            if environment in own:
                wanted.setdefault(environment, {})[entry.name] = entry
    return last_changes(project, wanted)


def _narrowed(layered: EffectiveEnvironment, environment: str, patterns: Sequence[str]) -> list[NamePath]:
    paths = list(layered.entries)
    chosen: dict[NamePath, None] = {}
    for pattern in patterns:
        matching = [path for path in paths if matches(pattern, path)]
        if not matching and "*" not in pattern:
            matching = below(parse_name(pattern), paths)
            if not matching:
                raise missing(parse_name(pattern), environment, paths)
        chosen.update(dict.fromkeys(matching))
    return list(chosen) if patterns else paths


def _row(
    layered: EffectiveEnvironment,
    path: NamePath,
    value: TypedValue | None,
    last: "Mapping[tuple[str, str], Last]",
    digest: Callable[[bytes], str],
) -> NameRow:
    origin, entry = layered.entries[path]
    inherited = origin if origin != layered.environment else ""
    access, fingerprint = "plain", ""
    if entry.token is not None:
        access, fingerprint = entry.token.group, digest(entry.token.serialise().encode())[:_FINGERPRINT_DIGITS]
    name, kind = entry.name, _kind(layered, path, entry)
    return NameRow(layered.environment, name, access, kind, fingerprint, inherited, value, last.get((origin, name)))


def _kind(layered: EffectiveEnvironment, path: NamePath, entry: Entry) -> str:
    if entry.token is None:
        return "plain"
    if entry.token.kind == WRITE_ONLY:
        return "pending" if layered.is_pending(path) else "write-only"
    return "sealed"
