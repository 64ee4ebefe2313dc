"""The part of a review that is about the folders themselves: policy, manifest, allowances, and what lies beside them."""

import os
from collections.abc import Iterator, Mapping, Sequence

from gitseal.audit.review.commits import Touched
from gitseal.audit.review.file_history import FileHistory
from gitseal.audit.review.states import FolderState, within
from gitseal.policy import allow
from gitseal.report.causes import FILE, Cause
from gitseal.report.findings import NOTE, WARNING, FindingRule
from gitseal.report.hints import NO_HINT, REVIEWER, Hint, decision
from gitseal.report.pages import RISKS
from gitseal.report.sentences import Sentence, sentence
from gitseal.review.entries.entry import PathState
from gitseal.review.entries.others import ALLOWANCE_ADDED, SECRETS_REMOVED
from gitseal.review.model import FILES, Allowance, By, Statement

NESTED_SECRETS = FindingRule(
    "nested-secrets", WARNING, "a new `.secrets` hides another one from everything below its folder", RISKS
)

Pair = tuple[str, FolderState, FolderState]


def folders(
    pairs: Sequence[Pair], heads: Mapping[str, FolderState], touched: Touched, staged: Mapping[str, PathState]
) -> tuple[list[Statement], tuple[Allowance, ...]]:
    """Statements and new allowances of all folders, each with who brought it in the range. `heads` are those of its commit."""
    statements: list[Statement] = []
    allowances: list[Allowance] = []
    for pair in pairs:
        root, *ends = pair
        drafts = FileHistory(root, (ends[0], ends[1]), heads.get(root), touched, staged)
        statements += _files(pair, [other for other, old, _ in pairs if old.names])
        statements += [*drafts.policy(), *drafts.manifest()]
        allowances += _allowances(root, drafts)
    return [*statements, *map(_said, allowances)], tuple(allowances)


def _statement(
    path: str, text: Sentence, rule: FindingRule | None = None, hint: Hint = NO_HINT, by: tuple[By, ...] = ()
) -> Statement:
    """A statement about a whole file."""
    name, severity = (rule.id, rule.severity) if rule is not None else ("", NOTE)
    return Statement(FILES, path, 0, text, name, severity, hint, by, (Cause(FILE, path),))


def _files(pair: Pair, roots: Sequence[str]) -> Iterator[Statement]:
    """A folder that came or went, and files in it that gitseal does not know."""
    root, old, new = pair
    folder = within(root)
    around = [other for other in roots if other != root and (not other or root.startswith(f"{other}/"))]
    if new.names and not old.names and around:
        template = '"{}" is new and hides "{}" from everything below "{}"'
        hint = decision(REVIEWER, "nobody's rules hold there but its own: read its policy as a whole")
        yield _statement(folder, sentence(template, folder, within(around[-1]), root), NESTED_SECRETS, hint)
    elif new.names and not old.names:
        yield _statement(folder, sentence('"{}" is new', folder))
    elif old.names and not new.names:
        yield _statement(folder, sentence('"{}" is gone, with all that is in it', folder), SECRETS_REMOVED)


def _allowances(root: str, drafts: FileHistory) -> Iterator[Allowance]:
    for entry, by in drafts.allowances():
        below = os.fsdecode(entry.path)
        place = f"{root}/{below}" if root else below
        yield Allowance(within(root, allow.FILE), place, entry.sha256, entry.reason, by)


def _said(allowance: Allowance) -> Statement:
    text = sentence('the hook is to let "{}" pass as it is now: "{}"', allowance.path, allowance.reason)
    hint = decision(REVIEWER, "look at that file: nobody else will")
    return _statement(allowance.allow, text, ALLOWANCE_ADDED, hint, allowance.by)
