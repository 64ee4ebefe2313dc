"""`list`: the names of environments with what can be said of each without opening it."""

from collections.abc import Sequence

from gitseal.crypto.digest import sha256_hex
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
    rows: list[NameRow] = []
    wanted: Names = {}
    for environment in environments:
        if show_values:
            check_reveal(project, environment)
        layered = OpenedEnvironment(project, environment, workspace.keyring)
        for path in sorted(_narrowed(layered, environment, patterns)):
            value = layered.open(path) if show_values and not layered.is_pending(path) else None
            rows.append(_listed(layered, environment, path, value))
            wanted.setdefault(layered.entries[path][0], {})[rows[-1].name] = layered.entries[path][1]
    return _with_history(project, rows, wanted)


def _with_history(project: Project, rows: list[NameRow], wanted: "Names") -> list[NameRow]:
    """The rows with who last changed them; as they are outside of a repository, where nothing is run."""
    if project.repository is None or not project.source.is_working_tree:
        return rows
    from gitseal.audit.history.last_changes import last_changes

    own = {environment: entries for environment, entries in wanted.items() if environment in project.environments}
    last = last_changes(project, own)
    return [row._replace(last=last.get((row.inherited or row.environment, row.name))) for row in rows]


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


def _listed(layered: EffectiveEnvironment, environment: str, path: NamePath, value: TypedValue | None) -> NameRow:
    origin, entry = layered.entries[path]
    inherited = origin if origin != environment else ""
    access = entry.token.group if entry.token else "plain"
    return NameRow(environment, entry.name, access, _kind(layered, path, entry), fingerprint(entry), inherited, value)


def _kind(layered: EffectiveEnvironment, path: NamePath, entry: Entry) -> str:
    if entry.token is None:
        return "plain"
    if entry.token.kind == WRITE_ONLY:
        return "pending" if layered.is_pending(path) else "write-only"
    return "sealed"


def fingerprint(entry: Entry) -> str:
    """The first hex digits of the SHA-256 of a token; empty for a plain value."""
    return sha256_hex(entry.token.serialise().encode())[:_FINGERPRINT_DIGITS] if entry.token else ""
