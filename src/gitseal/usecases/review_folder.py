"""The part of a review that is about the folders themselves: policy, manifest, allowances, and what lies beside them."""

import os
from collections.abc import Iterator, Sequence

from gitseal.errors import Error
from gitseal.policy import allow
from gitseal.policy.allow import Allowed
from gitseal.policy.parser import is_environment_name
from gitseal.project.project import FOLDER
from gitseal.report.findings import ERROR, WARNING
from gitseal.review.manifest_changes import manifest_changes
from gitseal.review.model import FILES, Allowance, Statement
from gitseal.review.policy_changes import NO_POLICY, policy_changes
from gitseal.review.saying import lines_of
from gitseal.usecases.review_commits import Touched
from gitseal.usecases.review_states import Side, within
from gitseal.usecases.verify_touched import folded

Pair = tuple[str, Side, Side]

_OWN = frozenset({"policy.yaml", "manifest.yaml", allow.FILE, "schema"})


def folders(pairs: Sequence[Pair], touched: Touched) -> tuple[list[Statement], tuple[Allowance, ...]]:
    """Statements and new allowances of all folders, each with who touched its file in the range."""
    statements = [each for pair in pairs for each in _folder(pair, [other for other, old, _ in pairs if old.names])]
    statements += [*_attributes(touched), *_disguised(touched)]
    told = [each._replace(by=touched.others.get(each.path, ())) for each in statements]
    allowances = tuple(each for root, old, new in pairs for each in _allowances(root, old, new, touched))
    return [*told, *map(_said, allowances)], allowances


def _folder(pair: Pair, roots: Sequence[str]) -> Iterator[Statement]:
    root, old, new = pair
    yield from _files(pair, roots)
    policy, manifest = within(root, "policy.yaml"), within(root, "manifest.yaml")
    # One that cannot be read says nothing: check says why.
    if new.policy not in (old.policy, NO_POLICY):
        names = {name: set(new.state(name).values) for name in old.environments & new.environments}
        yield from policy_changes(old.policy, new.policy, names, policy, lines_of(new.read("policy.yaml")))
    if old.manifest != new.manifest:
        there = {path for name in new.environments for path in new.state(name).values}
        yield from manifest_changes(old.manifest, new.manifest, there, manifest, lines_of(new.read("manifest.yaml")))


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


def _allowances(root: str, old: Side, new: Side, touched: Touched) -> Iterator[Allowance]:
    path = within(root, allow.FILE)
    known = {each[:2] for each in _entries(old)}
    for entry in _entries(new):
        if entry[:2] not in known:
            below = os.fsdecode(entry.path)
            place = f"{root}/{below}" if root else below
            yield Allowance(path, place, entry.sha256, entry.reason, touched.others.get(path, ()))


def _entries(side: Side) -> tuple[Allowed, ...]:
    try:
        return allow.parse(side.allow).entries if side.allow else ()
    except Error:
        return ()


def _said(allowance: Allowance) -> Statement:
    text = f'the hook is to let "{allowance.path}" pass as it is now: "{allowance.reason}"'
    hint = "look at that file: nobody else will"
    return Statement(FILES, allowance.allow, 0, text, "allowance-added", WARNING, hint, allowance.by)
