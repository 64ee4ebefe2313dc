"""The part of a review that is about the folders themselves: policy, manifest, allowances, and what lies beside them."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gitseal.audit.review.commits import Touched
from gitseal.audit.review.file_history import FileHistory
from gitseal.audit.review.states import FolderState, within
from gitseal.audit.verify.evidence.touched import folded
from gitseal.policy import allow
from gitseal.policy.parser import is_environment_name
from gitseal.project.project import FOLDER
from gitseal.report.causes import FILE, Cause
from gitseal.report.findings import ERROR, NOTE, WARNING, FindingRule
from gitseal.report.pages import RISKS
from gitseal.report.sentences import NOTHING, Sentence, sentence
from gitseal.review.model import FILES, Allowance, By, Statement

ALLOWANCE_ADDED = FindingRule(
    "allowance-added",
    WARNING,
    "the hook is to let a file pass as it is now, with the reason that was given",
    RISKS,
)
ATTRIBUTES_CHANGED = FindingRule(
    "attributes-changed", WARNING, "`.gitattributes`, which can hide sealed files from `git diff`", RISKS
)
NESTED_SECRETS = FindingRule(
    "nested-secrets", WARNING, "a new `.secrets` hides another one from everything below its folder", RISKS
)
DISGUISED_SECRETS = FindingRule(
    "nested-secrets",
    ERROR,
    "a link, a submodule or a name in other letters that would be taken for a `.secrets` folder",
    RISKS,
)
SECRETS_REMOVED = FindingRule("secrets-removed", WARNING, "a whole `.secrets` is gone", RISKS)
FOREIGN_FILE = FindingRule("foreign-file", WARNING, "a file in `.secrets` that is none of gitseal's", RISKS)

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


def _statement(
    path: str, text: Sentence, rule: FindingRule | None = None, hint: Sentence = NOTHING, by: tuple[By, ...] = ()
) -> Statement:
    """A statement about a whole file."""
    name, severity = (rule.id, rule.severity) if rule is not None else ("", NOTE)
    return Statement(FILES, path, 0, text, name, severity, hint, by, (Cause(FILE, path),))


def _told(statements: Iterable[Statement], touched: Touched) -> list[Statement]:
    """Statements about a whole file, with who touched it."""
    return [statement._replace(by=touched.others.get(statement.path, ())) for statement in statements]


def _files(pair: Pair, roots: Sequence[str]) -> Iterator[Statement]:
    """A folder that came or went, and files in it that gitseal does not know."""
    root, old, new = pair
    folder = within(root)
    around = [other for other in roots if other != root and (not other or root.startswith(f"{other}/"))]
    if new.names and not old.names and around:
        template = '"{}" is new and hides "{}" from everything below "{}"'
        hint = sentence("nobody's rules hold there but its own: read its policy as a whole")
        yield _statement(folder, sentence(template, folder, within(around[-1]), root), NESTED_SECRETS, hint)
    elif new.names and not old.names:
        yield _statement(folder, sentence('"{}" is new', folder))
    elif old.names and not new.names:
        yield _statement(folder, sentence('"{}" is gone, with all that is in it', folder), SECRETS_REMOVED)
    for name in new.names:
        if name not in old.names and not _is_own(name):
            text = sentence('"{}" in "{}" is no file of gitseal\'s', name, folder)
            yield _statement(within(root, name), text, FOREIGN_FILE, sentence("see what it is for"))


def _is_own(name: str) -> bool:
    stem = name.removesuffix(".yaml")
    is_sealed = stem != name and (is_environment_name(stem) or stem.endswith(".local"))
    return is_sealed or name in _OWN


def _attributes(touched: Touched) -> Iterator[Statement]:
    for path in sorted(touched.others):
        if path.rpartition("/")[2] == ".gitattributes":
            template = '"{}" changed, which steers what Git shows of sealed files and how it merges them'
            hint = sentence("see that it hides nothing: `git diff`")
            yield _statement(path, sentence(template, path), ATTRIBUTES_CHANGED, hint)


def _disguised(touched: Touched) -> Iterator[Statement]:
    """Paths that some file system or program would take for a `.secrets` folder, though they are not."""
    for path in sorted(touched.others):
        parts = path.split("/")
        if folded(parts[-1]) == FOLDER or any(part != FOLDER and folded(part) == FOLDER for part in parts):
            text = sentence('"{}" is no .secrets folder, and would be taken for one', path)
            yield _statement(path, text, DISGUISED_SECRETS, sentence("take it out"))


def _allowances(root: str, drafts: FileHistory) -> Iterator[Allowance]:
    for entry, by in drafts.allowances():
        below = os.fsdecode(entry.path)
        place = f"{root}/{below}" if root else below
        yield Allowance(within(root, allow.FILE), place, entry.sha256, entry.reason, by)


def _said(allowance: Allowance) -> Statement:
    text = sentence('the hook is to let "{}" pass as it is now: "{}"', allowance.path, allowance.reason)
    hint = sentence("look at that file: nobody else will")
    return _statement(allowance.allow, text, ALLOWANCE_ADDED, hint, allowance.by)
