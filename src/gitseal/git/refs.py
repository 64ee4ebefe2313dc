"""Refs: what people write becomes one ref by its full name here and nowhere else; and refs of gitseal's own.

Git looks for a short name among tags before it looks among branches (gitrevisions(7)), and a fetch brings tags unasked. So
whoever may push a tag `origin/main` would decide what `origin/main` is. Here the branch of that name wins, the tag is told and
never used. `refs/remotes/origin/main` is no better by itself: while it is missing, Git takes `refs/tags/refs/remotes/origin/main`
for it, and while HEAD is unborn a tag `HEAD`. So a full name is looked up as exactly that.
"""

import os
import re
from collections.abc import Iterable, Mapping

from gitseal.errors import Error, shell_quoted
from gitseal.git.repository import Repository
from gitseal.git.run import NO_HOOKS
from gitseal.records import NamedTuple

_REFS, _TAGS, _HEADS, REMOTES = "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"
# What follows a ref in an expression begins with one of these, and no ref's name holds them (git-check-ref-format(1)).
_EXPRESSION = re.compile(r"((?:(?!@\{)[^~^:])*)(.*)", re.DOTALL)
_NO_NAME = re.compile(r"[\0-\x20\x7f*?\[\\]")
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT_ID = re.compile(r"(?:.*-g)?([0-9a-f]{4,63})")
_PRIOR = re.compile(r"@\{-[0-9]+\}")
_UPSTREAM = re.compile(r"@\{(u|upstream|push)\}", re.IGNORECASE)
_FEW = 200
_USUAL = tuple(f"{_HEADS}{name}" for name in ("main", "master", "trunk"))
HEAD = "HEAD"


class Branch(NamedTuple):
    """The branch that HEAD is on, by its full name, and the commit that it names, None while it is unborn.

    A HEAD that is a commit itself has no name.
    """

    name: str
    commit: str | None


class DefaultBranch(NamedTuple):
    """A server's HEAD. `instead` is a branch that it could lead to if it leads to none, though there are branches."""

    name: str
    commit: str | None
    instead: str = ""


def exact(repository: Repository, names: Iterable[str]) -> dict[str, str]:
    """The ids that refs of exactly these full names have; those that are not there are left out."""
    wanted = {name for name in names if name.startswith(_REFS) and not _NO_NAME.search(name)}
    if not wanted:
        return {}
    patterns = sorted(wanted) if len(wanted) <= _FEW else ()
    return {name: commit for name, commit in _listed(repository, patterns).items() if name in wanted}


def head(repository: Repository) -> Branch:
    """The branch and the commit that HEAD stands for."""
    name = _symbolic(repository, HEAD)
    if not name:
        return Branch("", repository.commit(HEAD))
    commit = exact(repository, [name]).get(name)
    return Branch(name, repository.commit(commit) if commit else None)


def default_branch(repository: Repository) -> DefaultBranch:
    """The default branch of a server. One whose HEAD leads elsewhere has none: nobody's policy would judge what is pushed."""
    name, commit = head(repository)
    if name.startswith(_HEADS) and commit is not None:
        return DefaultBranch(name, commit)
    present = below(repository, _HEADS.rstrip("/"))
    return DefaultBranch(name, None, next((usual for usual in _USUAL if usual in present), next(iter(present), "")))


def targets(repository: Repository, names: Iterable[str]) -> dict[str, str]:
    """The refs that symbolic ones among these full names lead to: writing to such a ref moves the other.

    One may lead to what is not there yet. Git lists neither of the two then.
    """
    wanted = {name for name in names if name.startswith(_REFS) and not _NO_NAME.search(name)}
    if not wanted:
        return {}
    # A push may bring more refs than Git takes as arguments.
    patterns = sorted(wanted) if len(wanted) <= _FEW else ()
    answer = repository.git("for-each-ref", "--format=%(refname) %(symref)", *patterns) or b""
    symbolic = dict(line.split(" ", 1) for line in answer.decode("utf-8", "surrogateescape").split("\n") if line)
    folder = repository.common_folder()
    is_shown = os.path.isdir(os.path.join(folder, "reftable"))
    dangling = (name for name in wanted - symbolic.keys() if is_shown or os.path.lexists(os.path.join(folder, name)))
    symbolic |= {name: _symbolic(repository, name) for name in dangling}
    return {name: target for name, target in symbolic.items() if target and name in wanted}


def _symbolic(repository: Repository, name: str) -> str:
    answer = repository.git("symbolic-ref", "--quiet", name) or b""
    return answer.decode("utf-8", "surrogateescape").rstrip("\n")


def remote_default(repository: Repository, remote: str = "origin") -> str:
    """The full name of a remote's default branch, as far as this clone knows it, or nothing."""
    answer = repository.git("for-each-ref", "--format=%(symref)", f"{REMOTES}{remote}/{HEAD}") or b""
    return answer.decode("utf-8", "surrogateescape").rstrip("\n")


def upstream(repository: Repository, branch: str = "", *, push: bool = False) -> str:
    """The full name of the ref that a branch goes to, of HEAD's branch without a name; nothing if it has none."""
    wanted = "%(push)" if push else "%(upstream)"
    answer = repository.git("for-each-ref", f"--format=%(HEAD) %(refname) {wanted}", branch or _HEADS) or b""
    for line in answer.decode("utf-8", "surrogateescape").split("\n")[:-1]:
        is_current, (name, _, target) = line[0] == "*", line[2:].partition(" ")
        if name == branch or (not branch and is_current):
            return target
    return ""


def full_name(repository: Repository, words: str) -> str:
    """The full name of the ref that words name, `HEAD` for itself; nothing if they name none. Raises Error as `resolve`."""
    name, rest = _parts(repository, words)
    ref = _chosen(repository, name) if name and not rest else ""
    return ref if ref == HEAD or ref.startswith(_REFS) else ""


def commit(repository: Repository, words: str) -> str | None:
    """The full id of the commit that a revision names (gitrevisions(7)), or None. Raises Error as `resolve`."""
    resolved = resolve(repository, words)
    return repository.objects.commit(resolved) if resolved else None


def resolve(repository: Repository, words: str) -> str:
    """A revision as people write it, its ref by its full name, so that nothing else can be meant; nothing if it is not there.

    What is no ref, such as an id, stays as it is. A tag that is passed over for a branch is named in `notes`. Raises Error if
    nothing but a tag has the name and somebody may have pushed it to stand for a branch.
    """
    name, rest = _parts(repository, words)
    if not name or _ID.fullmatch(name):
        return name + rest
    if _is_file(name):
        return name + rest if repository.has_pseudo_ref(name) else ""
    ref = _chosen(repository, name)
    if ref:
        return ref + rest
    return "" if name == HEAD or name.startswith(_REFS) else name + rest


def look_up(repository: Repository, *revisions: str) -> None:
    """Asks Git once for the refs of several revisions, each of which is resolved afterwards as by itself."""
    names = [split[1] for words in revisions if (split := _EXPRESSION.fullmatch(words))]
    names = [name for name in dict.fromkeys(names) if _is_short(name) and name not in repository.named_refs]
    if len(names) > 1:
        existing = _listed(repository, [pattern for name in names for pattern in _patterns(name)])
        repository.named_refs |= {name: _choose_among(repository, name, existing) for name in names}


def _parts(repository: Repository, words: str) -> tuple[str, str]:
    """A revision taken apart: its ref, and what follows. `@{-1}` and `@{upstream}` have become the names that they stand for."""
    split = _EXPRESSION.fullmatch(words)
    name, rest = (split[1], split[2]) if split else (words, "")
    if name == "@":
        name = HEAD
    prior = _PRIOR.match(rest) if not name else None
    if prior:
        answer = repository.git("check-ref-format", "--branch", prior[0]) or b""
        branch = answer.decode("utf-8", "surrogateescape").rstrip("\n")
        name, rest = (branch if _ID.fullmatch(branch) else _HEADS + branch), rest[prior.end() :]
    behind = _UPSTREAM.match(rest)
    if behind:
        branch = "" if name in {"", HEAD} else name if name.startswith(_HEADS) else _HEADS + name
        target = upstream(repository, branch, push=behind[1].lower() == "push")
        if target:
            name, rest = target, rest[behind.end() :]
    return name, rest


def _chosen(repository: Repository, name: str) -> str:
    """The full name of the ref that a name stands for, an id if it begins one and a tag is called so, nothing for neither."""
    if name not in repository.named_refs:
        repository.named_refs[name] = _choose(repository, name)
    return repository.named_refs[name]


def _is_file(name: str) -> bool:
    """True for the names of Git's own files, such as FETCH_HEAD (gitrevisions(7)): no branch or tag of that name is meant."""
    return name.endswith("_HEAD") and name.isupper()


def _choose(repository: Repository, name: str) -> str:
    if _NO_NAME.search(name) or _is_file(name):
        return ""
    if name.startswith(_REFS):
        return name if name in exact(repository, [name]) else ""
    return _choose_among(repository, name, _listed(repository, _patterns(name)))


def _is_short(name: str) -> bool:
    """True if a name may be that of several refs, and not an id."""
    return not (not name or _NO_NAME.search(name) or _is_file(name) or name.startswith(_REFS) or _ID.fullmatch(name))


def _patterns(name: str) -> list[str]:
    """The refs that a short name may be, the tag behind the others, and the branches of remotes that a person may mean."""
    branches = (f"{REMOTES}{name}", f"{_HEADS}{name}", f"{REMOTES}{name}/{HEAD}")
    return [f"{_REFS}{name}", *branches, f"{_TAGS}{name}", f"{REMOTES}*/{name}"]


def _choose_among(repository: Repository, name: str, existing: Mapping[str, str]) -> str:
    *candidates, tag, _elsewhere = _patterns(name)
    others = [ref for ref in (*candidates, tag) if ref in existing]
    if name == HEAD:
        return HEAD if not others or head(repository).commit else ""
    if tag not in existing:
        return next(iter(others), "")
    if others != [tag]:
        repository.notes.append(
            f'the tag "{name}" has the name of {others[0]} and is not used; delete it: git tag -d {shell_quoted(name)}'
        )
        return others[0]
    elsewhere = re.compile(re.escape(REMOTES) + "[^/]+/" + re.escape(name))
    return _tag(repository, name, [ref for ref in existing if elsewhere.fullmatch(ref)])


def _tag(repository: Repository, name: str, elsewhere: list[str]) -> str:
    """The meaning of a name that only a tag has; `elsewhere` are branches of remotes that a person may mean by it."""
    tag, short = f"{_TAGS}{name}", _SHORT_ID.fullmatch(name)
    ids = (repository.git("rev-parse", f"--disambiguate={short[1]}") or b"").decode().split() if short else []
    commits = [commit for commit in ids if repository.commit(commit) == commit]
    if len(commits) == 1:
        repository.notes.append(
            f'the tag "{name}" looks like an id and is not used; delete it: git tag -d {shell_quoted(name)}'
        )
        return commits[0]
    if elsewhere or name.split("/", maxsplit=1)[0] in {"heads", "remotes", "tags", *repository.remotes()}:
        raise Error(
            f'"{name}" is no branch here, and a tag that is called like one is not used',
            f"fetch the branch, or use a full name: {(elsewhere or [REMOTES + name])[0]} or {tag}",
        )
    return tag


def _listed(repository: Repository, patterns: Iterable[str]) -> dict[str, str]:
    answer = repository.git("for-each-ref", "--format=%(refname) %(objectname)", *patterns) or b""
    return dict(line.rsplit(" ", 1) for line in answer.decode("utf-8", "surrogateescape").split("\n") if line)


def write(repository: Repository, ref: str, commit: str, reason: str, before: str | None = None) -> bool:
    """Makes a ref name a commit, with a reflog; False if Git refuses, such as for its name.

    With `before`, only if it names that commit now, or nothing at all if that is empty; else whatever it named.
    """
    expected = () if before is None else (before or "0" * len(commit),)
    return repository.git(*NO_HOOKS, "update-ref", "--create-reflog", "-m", reason, ref, commit, *expected) is not None


def below(repository: Repository, folder: str) -> dict[str, str]:
    """The refs below a folder of refs, such as `refs/tags`, by name, with the full ids of what they name."""
    return _listed(repository, [f"{folder}/"])


def every(repository: Repository) -> dict[str, str]:
    """All refs by their full names, with the full ids of what they name. A symbolic one counts as the ref that it leads to."""
    answer = repository.git("for-each-ref", "--format=%(refname) %(symref) %(objectname)") or b""
    fields = (line.split(" ") for line in answer.decode("utf-8", "surrogateescape").split("\n") if line)
    return {name: named for name, symbolic, named in fields if not symbolic}


def may_exist(repository: Repository, space: str) -> bool:
    """False only if the Git directory's own files show that no ref begins with `space`, such as `refs/x/`. Runs nothing.

    A repository that keeps its refs in tables (gitrepository-layout(5), `reftable`) shows nothing, so it may have one.
    """
    folder = repository.common_folder()
    if os.path.isdir(os.path.join(folder, "reftable")) or os.path.isdir(os.path.join(folder, space)):
        return True
    try:
        with open(os.path.join(folder, "packed-refs"), "rb") as packed:
            return f" {space}".encode() in packed.read()
    except FileNotFoundError:
        return False
