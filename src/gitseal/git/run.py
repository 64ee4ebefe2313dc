"""Starts the `git` binary; nothing else in gitseal does.

A branch can bring any file, so no `git` may take its orders from files of the tree. `top` is the top of a working tree or a
bare repository's own folder, never a folder below: below the top, four committed files make a repository whose configuration
Git would follow. docs/explanation/git.md lists every question and what could steer it.

Git is started without `subprocess` (see `child.py`), and what is not needed to start it is not imported here.
"""

import os

from gitseal.errors import Error, shell_quoted
from gitseal.git import child
from gitseal.git.child import Finished, Running
from gitseal.variables import IDENTITY_VARIABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

# Settings of the caller's shell that would aim a command at another repository than the one it is given.
_AIMS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX")
# Replace refs and grafts show other content under the ids of what was committed.
GENUINE = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}
_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
# A hook answers from what is here: it waits for no network, and a server starts no transport (Git 2.45).
_IN_HOOK = {"GIT_NO_LAZY_FETCH": "1"}
# Each takes a program or a repository away that Git would find by itself: a bare repository among the files, a monitor of
# files, a pager, `gpg` for each commit, and a transport that is a command.
_ALWAYS = (
    "--no-pager",
    "-c", "core.quotePath=false",
    "-c", "core.fsmonitor=false",
    "-c", "log.showSignature=false",
    "-c", "protocol.ext.allow=never",
)  # fmt: skip
# Whoever works in a bare repository has said so, by standing in one that lies in no working tree.
_WORKING_TREE = ("-c", "safe.bareRepository=explicit")
# For the few questions that would run hooks of the clone, such as `reference-transaction`.
NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
# For `git log`: settings that would change what a walk of history reads. showRoot: the first commit brings all of its files.
WALK_SETTINGS = (
    *("-c", "log.showRoot=true"),
    *("-c", "log.follow=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "diff.relative=false"),
)
_DISTRUSTED = b"dubious ownership"
_WARNING = b"warning: "
_E2BIG = 7  # "Argument list too long", on Linux and macOS; the module `errno` would have to be loaded


def git(
    top: "Path | str",
    *arguments: str,
    stdin: bytes = b"",
    ok: tuple[int, ...] = (0,),
    in_hook: bool = False,
    notes: "list[str] | None" = None,
) -> bytes | None:
    """The output of `git ARGUMENTS` in the repository at `top`, or None for a status that is not in `ok`.

    `in_hook`: the repository is the one that Git started this hook for, wherever its parts are (githooks(5)). Git's warnings
    are added to `notes`. Raises Error if there is no `git`, and if Git distrusts the repository's owner.
    """
    return answer(top, finish(top, *arguments, stdin=stdin, environ=environment(in_hook=in_hook)), ok, notes)


def answer(
    top: "Path | str", done: Finished, ok: tuple[int, ...] = (0,), notes: "list[str] | None" = None
) -> bytes | None:
    """The same for a `git` that has ended: see there."""
    # As an error of its own: otherwise the folder would look like no repository at all.
    if _DISTRUSTED in done.stderr:
        raise Error(
            f'Git does not trust the owner of "{top}"',
            f"if you trust whoever owns it: git config --global --add safe.directory {shell_quoted(top)}",
        )
    if notes is not None and _WARNING in done.stderr:
        lines = done.stderr.decode("utf-8", "replace").split("\n")
        notes += [f"git: {line}" for line in lines if line.startswith(_WARNING.decode())]
    return done.stdout if done.status in ok else None


def finish(top: "Path | str", *arguments: str, stdin: bytes = b"", environ: dict[str, str]) -> Finished:
    """`git ARGUMENTS` in the folder `top` with exactly these variables, run to its end. Raises Error if there is no `git`."""
    return child.finish(_spawn(top, arguments, environ, has_stdin=bool(stdin), has_stderr=True), stdin)


def begin(top: "Path | str", *arguments: str, environ: dict[str, str]) -> Running:
    """Like `finish`, for whoever has something else to do meanwhile: `child.finish` gives the rest."""
    return _spawn(top, arguments, environ, has_stdin=False, has_stderr=True)


def start(top: "Path | str", *arguments: str, in_hook: bool = False, fetches: bool = True) -> Running:
    """`git ARGUMENTS` started, for what is read as it comes. Raises Error if there is no `git`.

    Without `fetches` Git does not get what a partial clone left out, from version 2.44 on (git(1), GIT_NO_LAZY_FETCH).
    """
    environ = environment(in_hook=in_hook) | ({} if fetches else {"GIT_NO_LAZY_FETCH": "1"})
    return _spawn(top, arguments, environ, has_stdin=True, has_stderr=False)


def _spawn(
    top: "Path | str", arguments: tuple[str, ...], environ: dict[str, str], *, has_stdin: bool, has_stderr: bool
) -> Running:
    folder = os.fspath(top)
    found_by = _WORKING_TREE if os.path.exists(os.path.join(folder, ".git")) else ()
    command = ["git", "-C", folder, *_ALWAYS, *found_by, *arguments]
    try:
        return child.start(command, environ, has_stdin=has_stdin, has_stderr=has_stderr)
    except FileNotFoundError:
        raise no_git() from None
    except OSError as error:
        if error.errno != _E2BIG:
            raise
        raise Error(
            "Git would have to be handed more than this system lets one program hand to another",
            "look for very long paths: git ls-files",
        ) from None


def environment(*, in_hook: bool) -> dict[str, str]:
    """The variables of a `git` that gitseal starts."""
    # Git starts programs of its own (a file monitor, a transport): none of them is to get an identity.
    left_out = IDENTITY_VARIABLES if in_hook else {*_AIMS, *IDENTITY_VARIABLES}
    return (
        {name: value for name, value in os.environ.items() if name not in left_out}
        | _QUIET
        | GENUINE
        | (_IN_HOOK if in_hook else {})
    )


def is_aimed() -> bool:
    """True if the variables say where the repository is, so that it may not be the one around the working directory."""
    return any(name in os.environ for name in _AIMS)


def would_answer(top: str, git_folder: str) -> bool:
    """True if there is a `git` and it is sure to trust the owner of a working tree; False means to ask it. Starts nothing.

    Git trusts whoever it runs for as the owner of all three folders (git-config(1), safe.directory).
    """
    places = (top, os.path.join(top, ".git"), git_folder)
    try:
        is_own = all(os.stat(place).st_uid == os.geteuid() for place in places)
    except OSError:
        return False
    return is_own and any(os.access(os.path.join(folder, "git"), os.X_OK) for folder in os.get_exec_path())


def no_git() -> Error:
    """The error for a machine without Git."""
    return Error(
        "there is no git on this machine",
        "install Git, or use a command that needs none: get, list, render, run",
    )
