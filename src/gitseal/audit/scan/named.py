"""Plaintext in refs: in their names, in tags' messages, and in blobs and trees that a ref leads to without any commit."""

import os

from gitseal.audit.scan import texts
from gitseal.audit.scan.policy import ScanPolicy
from gitseal.audit.scan.scan_blobs import scan_blobs
from gitseal.git import trees
from gitseal.git.staged import FileVersion
from gitseal.records import NamedTuple
from gitseal.report.findings import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitseal.scan.team import TeamSearch

_WHERE = (
    ("refs/tags/", "in the name of a tag"),
    ("refs/heads/", "in the name of a branch"),
    ("", "in the name of a ref"),
)
_FILE = 0o100644
# A tag may name a tag; nobody makes so many of them.
_MOST_TAGS = 100


class _RefTarget(NamedTuple):
    """An object that a ref leads to, and the ref as it may be shown."""

    shown: str
    object_id: str


def scan_refs(guard: ScanPolicy, named: "Mapping[str, str]", team: "TeamSearch | None") -> list[Finding]:
    """The findings in refs, given by their full names with the ids of what they name. Commits are the business of others."""
    in_names: dict[str, list[Finding]] = {}
    for prefix, where in _WHERE:
        those = [os.fsencode(name) for name in named if name.startswith(prefix) and name not in in_names]
        seen = texts.in_names(those, team, where, texts.RENAME_REF)
        in_names |= {os.fsdecode(name): seen.get(name, []) for name in those}
    findings = [finding for of_name in in_names.values() for finding in of_name]
    shown = {name: of_name[0].path if of_name else name for name, of_name in in_names.items()}
    wanted = [_RefTarget(shown[name], object_id) for name, object_id in named.items()]
    for _ in range(_MOST_TAGS):
        if wanted:
            wanted = _look(guard, wanted, team, findings)
    return findings


def _look(
    guard: ScanPolicy, wanted: list[_RefTarget], team: "TeamSearch | None", findings: list[Finding]
) -> list[_RefTarget]:
    """Adds what the objects hold to the findings, and gives the objects that tags among them name."""
    further: list[_RefTarget] = []
    blobs: list[_RefTarget] = []
    folders: list[_RefTarget] = []
    for named, content in zip(wanted, guard.repository.objects.stream(one.object_id for one in wanted), strict=True):
        if content.kind == "tag":
            raw = content.read()
            findings += texts.in_object(named.shown, raw, team, texts.IN_TAG)
            further.append(_RefTarget(named.shown, raw.partition(b"\n")[0].removeprefix(b"object ").decode()))
        elif content.kind in {"blob", "tree"}:
            (blobs if content.kind == "blob" else folders).append(named)
    for named in blobs:
        _look_at(guard, named, [FileVersion(_FILE, named.object_id, os.fsencode(named.shown))], team, findings)
    for named in folders:
        files = trees.files(guard.repository, named.object_id).items()
        inside = [FileVersion(entry.mode, entry.object_id, path) for path, entry in files]
        _look_at(guard, named, inside, team, findings)
        for of_name in texts.in_file_names([file.path for file in inside], team).values():
            findings += of_name
    return further


def _look_at(
    guard: ScanPolicy, named: _RefTarget, files: list[FileVersion], team: "TeamSearch | None", findings: list[Finding]
) -> None:
    for of_blob in scan_blobs(guard.repository, files, guard, team):
        findings += (
            finding._replace(path=named.shown, hint=texts.hint(texts.IN_REF, finding, has_lines=True))
            for finding in of_blob
        )
