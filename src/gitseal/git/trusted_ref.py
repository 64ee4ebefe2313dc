"""The ref whose state is believed, always by its full name."""

from collections.abc import Sequence

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.repository import Repository

SETTING = "gitseal.trust"
_HEADS, _REMOTES = "refs/heads/", "refs/remotes/"
_LARGEST_CONFIGURATION = 1_000_000


def short(ref: str) -> str:
    """A full name as people say it: `origin/main`."""
    return ref.removeprefix(_HEADS).removeprefix(_REMOTES)


def trusted_ref(repository: Repository) -> str:
    """`gitseal.trust`, else the default branch of the remote `origin`; an empty name if there is neither.

    Of several values the one that HEAD's branch tracks, else the first. A branch of this repository stands for what its
    remote has of it, as soon as it has been pushed: what was only merged here was not looked at by anyone else. A full
    name may be one that is not there yet. Raises Error for a short name that is no branch.
    """
    values = _configured(repository)
    if not values:
        return _default(repository)
    refs = [_resolved(repository, value) for value in values]
    if len(refs) > 1:
        tracked = _upstream(repository, _head(repository))
        refs.sort(key=lambda ref: ref not in {tracked, _head(repository)})
    return refs[0]


def candidates(repository: Repository) -> tuple[str, ...]:
    """Full names among which the trusted ref is, by few questions to Git: for who needs all of them and decides nothing by it.

    Some of them are not there.
    """
    names, remotes = [f"{_REMOTES}origin/HEAD"], list[str]()
    for value in _configured(repository):
        branch = value.removeprefix(_HEADS)
        if value.startswith("refs/") and branch == value:
            names.append(value)
            continue
        # A branch stands for what a remote has of it, whatever that one is called.
        remotes = remotes or _likely_remotes(repository)
        names += [*(f"{_REMOTES}{remote}/{branch}" for remote in remotes), f"{_REMOTES}{branch}", f"{_HEADS}{branch}"]
    return tuple(dict.fromkeys(names))


def _likely_remotes(repository: Repository) -> list[str]:
    """The remotes that the repository's own configuration names, and `origin`, without a question to Git: a commit waits for it.

    What an included file names is missing.
    """
    import re

    try:
        with open(f"{repository.common_folder()}/config", "rb") as file:
            written = file.read(_LARGEST_CONFIGURATION)
    except OSError:
        written = b""
    named = re.findall(rb'^[ \t]*\[remote "([^"\\\n]+)"\]', written, re.MULTILINE)
    return list(dict.fromkeys(["origin", *(name.decode("utf-8", "surrogateescape") for name in named)]))


def to_write(repository: Repository, *, founding: bool) -> str:
    """The full name that `init` writes to `gitseal.trust`; empty if what is here does not say.

    A founder's branch is the one to trust. In a clone of what others founded only the remote says which branch is its default.
    """
    remotes, head = repository.remotes(), _head(repository)
    remote = "origin" if "origin" in remotes or len(remotes) != 1 else remotes[0]
    default = _default(repository, remote)
    if default or not founding or not head:
        return default
    if not remotes:
        return head
    return f"{_REMOTES}{remote}/{head.removeprefix(_HEADS)}"


def way_to_one(repository: Repository) -> str:
    """The command after which there is a trusted ref, in a clone of what others founded that has none."""
    remotes = repository.remotes()
    remote = "origin" if "origin" in remotes or not remotes else remotes[0]
    named = f"git remote set-head {_quoted(remote)} --auto"
    if refs.below(repository, f"{_REMOTES}{remote}"):
        # By itself only the default branch of `origin` counts.
        return named if remote == "origin" else f"{named} && gitseal init"
    if repository.config(f"remote.{remote}.fetch"):
        return f"git fetch {_quoted(remote)} && {named}" + ("" if remote == "origin" else " && gitseal init")
    # A bare clone keeps the remote's branches as its own, and its HEAD names the default one: linked worktrees share them.
    head = repository.git("--git-dir", repository.common_folder(), "symbolic-ref", "--quiet", "HEAD")
    return f"git config {SETTING} {_quoted(short(_text(head) or 'refs/heads/main'))}"


def way_back(repository: Repository, ref: str) -> str:
    """The command after which a trusted ref is here that was and is not any more; empty if it may still have to come.

    A project that was not pushed yet names a ref of its remote that is not there, and nothing else of that remote is.
    """
    others = [to_write(repository, founding=False)]
    if ref.startswith(_HEADS) and not repository.remotes():
        others.append(_head(repository))  # renamed, say
    for other in others:
        if other not in {"", ref} and _exists(repository, other):
            return f"git config {SETTING} {_quoted(other)}"
    remote = next((name for name in repository.remotes() if ref.startswith(f"{_REMOTES}{name}/")), "")
    is_fetched = remote and refs.below(repository, f"{_REMOTES}{remote}")
    if not is_fetched:
        return ""
    default = f'"$(git symbolic-ref {_quoted(f"{_REMOTES}{remote}/HEAD")})"'
    return f"git remote set-head {_quoted(remote)} --auto && git config {SETTING} {default}"


def _quoted(word: str) -> str:
    import shlex  # only for a hint

    return shlex.quote(word)


def _configured(repository: Repository) -> list[str]:
    answer = repository.git("config", "-z", "--get-all", SETTING) or b""
    return [value for value in answer.decode("utf-8", "surrogateescape").split("\0") if value]


def _resolved(repository: Repository, value: str) -> str:
    if value.startswith("refs/"):
        return _pushed(repository, value) if value.startswith(_HEADS) else value
    full = refs.full_name(repository, value)
    if not full or full.startswith("refs/tags/"):
        default = to_write(repository, founding=False) or f"{_REMOTES}origin/main"
        hint = f"trust what the remote has as its default: git config {SETTING} {_quoted(default)}"
        raise Error(f'{SETTING} names "{value}", which is no branch here', hint)
    return full


def _pushed(repository: Repository, branch: str) -> str:
    """The remote's state of a branch, or the branch. Raises Error if several remotes have it and none is the one to ask."""
    name, remotes = branch.removeprefix(_HEADS), repository.remotes()
    remote = _remote(remotes)
    having = [one for one in ([remote] if remote else remotes) if _exists(repository, f"{_REMOTES}{one}/{name}")]
    if having and not remote:
        raise _ambiguous(having, name)
    return f"{_REMOTES}{remote}/{name}" if having else branch


def _remote(remotes: Sequence[str]) -> str:
    """The remote whose branches count if nothing names one: `origin`, else the only one, else none.

    What a branch of this clone tracks does not say: to look at a branch of a fork is to track it.
    """
    if "origin" in remotes:
        return "origin"
    return remotes[0] if len(remotes) == 1 else ""


def _ambiguous(remotes: Sequence[str], name: str) -> Error:
    hint = f"say which one counts, such as: git config {SETTING} {_quoted(f'{_REMOTES}{remotes[0]}/{name}')}"
    return Error(f'nothing says whose "{name}" is meant: {", ".join(remotes)}', hint)


def is_set(repository: Repository) -> bool:
    """True if the configuration names a trusted ref."""
    return bool(_configured(repository))


def _default(repository: Repository, remote: str = "origin") -> str:
    return _text(repository.git("symbolic-ref", "--quiet", f"{_REMOTES}{remote}/HEAD"))


def _head(repository: Repository) -> str:
    return _text(repository.git("symbolic-ref", "--quiet", "HEAD"))


def _upstream(repository: Repository, branch: str) -> str:
    """The ref that a branch tracks, there or not yet: a branch that was never pushed has no ref that could be listed."""
    name = branch.removeprefix(_HEADS)
    remote, merge = repository.config(f"branch.{name}.remote"), repository.config(f"branch.{name}.merge")
    if not remote or not merge.startswith(_HEADS):
        return ""
    return merge if remote == "." else f"{_REMOTES}{remote}/{merge.removeprefix(_HEADS)}"


def as_fetched(repository: Repository, branch: str) -> str:
    """The full name of the remote's state of a branch, by the branch's full name; the branch itself if there is no remote.

    The remote is that of the trusted ref, and the name is the same there, whatever the branch tracks. If there is a remote,
    nothing of this clone stands for it: what only lies here was looked at by nobody else. Raises Error if no remote is the
    one to ask.
    """
    remotes = repository.remotes()
    if not remotes:
        return branch
    trusted = trusted_ref(repository)
    remote = next((one for one in remotes if trusted.startswith(f"{_REMOTES}{one}/")), _remote(remotes))
    if not remote:
        raise _ambiguous(remotes, short(trusted) or short(branch))
    return f"{_REMOTES}{remote}/{branch.removeprefix(_HEADS)}"


def _exists(repository: Repository, ref: str) -> bool:
    return repository.git("show-ref", "--verify", "--quiet", "--", ref) is not None


def _text(answer: bytes | None) -> str:
    return answer.decode("utf-8", "surrogateescape").rstrip("\n") if answer is not None else ""
