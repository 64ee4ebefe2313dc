"""The part of a review that is about the folders themselves: policy, manifest, allowances, and what lies beside them."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gitseal.audit.review.commits import Touched
from gitseal.audit.review.file_history import FileHistory
from gitseal.audit.review.states import FolderState, within
from gitseal.audit.verify.touched import folded
from gitseal.policy import allow
from gitseal.policy.parser import is_environment_name
from gitseal.project.project import FOLDER
from gitseal.report.findings import ERROR, WARNING
from gitseal.review.model import FILES, Allowance, Statement

Pair = tuple[str, FolderState, FolderState]

_OWN = frozenset({"policy.yaml", "manifest.yaml", allow.FILE, "schema"})


def folders(
    pairs: Sequence[Pair], heads: Mapping[str, FolderState], touched: Touched
) -> tuple[list[Statement], tuple[Allowance, ...]]:
    """Statements and new allowances of all folders, each with who brought it in the range. `heads` are those of its commit."""
    statements: list[Statement] = []
    allowances: list[Allowance] = []
    for pair in pairs:
        root, *ends = pair
        drafts = FileHistory(root, (ends[0], ends[1]), heads.get(root), touched)
        statements += _told(_files(pair, [other for other, old, _ in pairs if old.names]), touched)
        statements += [*drafts.policy(), *drafts.manifest()]
        allowances += _allowances(root, drafts)
    statements += _told((*_attributes(touched), *_disguised(touched)), touched)
    return [*statements, *map(_said, allowances)], tuple(allowances)


def _told(statements: Iterable[Statement], touched: Touched) -> list[Statement]:
    """Statements about a whole file, with who touched it."""
    return [each._replace(by=touched.others.get(each.path, ())) for each in statements]


def _files(pair: Pair, roots: Sequence[str]) -> Iterator[Statement]:
    """A folder that came or went, and files in it that are none of ours."""
    root, old, new = pair
    folder = within(root)
    around = [other for other in roots if other != root and (not other or root.startswith(f"{other}/"))]
    if new.names and not old.names and around:
        text = f'"{folder}" is new and hides "{within(around[-1])}" from everything below "{root}"'
        hint = "nobody's rules hold there but its own: read its policy as a whole"
        yield Statement(FILES, folder, 0, text, "nested-secrets", WARNING, hint)
    elif new.names and not old.names:
        yield Statement(FILES, folder, 0, f'"{folder}" is new')
    elif old.names and not new.names:
        yield Statement(FILES, folder, 0, f'"{folder}" is gone, with all that is in it', "secrets-removed", WARNING)
    for name in new.names:
        if name not in old.names and not _is_own(name):
            text = f'"{name}" in "{folder}" is no file of gitseal\'s'
            yield Statement(FILES, within(root, name), 0, text, "foreign-file", WARNING, "see what it is for")


def _is_own(name: str) -> bool:
    stem = name.removesuffix(".yaml")
    is_sealed = stem != name and (is_environment_name(stem) or stem.endswith(".local"))
    return is_sealed or name in _OWN


def _attributes(touched: Touched) -> Iterator[Statement]:
    for path in sorted(touched.others):
        if path.rpartition("/")[2] == ".gitattributes":
            text = f'"{path}" changed, which steers what Git shows of sealed files and how it merges them'
            yield Statement(FILES, path, 0, text, "attributes-changed", WARNING, "see that it hides nothing: git diff")


def _disguised(touched: Touched) -> Iterator[Statement]:
    """What some file system, or some program, takes for a `.secrets` folder, and what is none."""
    for path in sorted(touched.others):
        parts = path.split("/")
        if folded(parts[-1]) == FOLDER or any(part != FOLDER and folded(part) == FOLDER for part in parts):
            text = f'"{path}" is no .secrets folder, and would be taken for one'
            yield Statement(FILES, path, 0, text, "nested-secrets", ERROR, "take it out")


def _allowances(root: str, drafts: FileHistory) -> Iterator[Allowance]:
    for entry, by in drafts.allowances():
        below = os.fsdecode(entry.path)
        place = f"{root}/{below}" if root else below
        yield Allowance(within(root, allow.FILE), place, entry.sha256, entry.reason, by)


def _said(allowance: Allowance) -> Statement:
    text = f'the hook is to let "{allowance.path}" pass as it is now: "{allowance.reason}"'
    hint = "look at that file: nobody else will"
    return Statement(FILES, allowance.allow, 0, text, "allowance-added", WARNING, hint, allowance.by)
