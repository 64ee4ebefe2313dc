"""`gitseal hook run HOOK`: what Git starts with every commit.

click is not imported here, nor anything else that a clean commit does not need. A hook prints on standard error, asks nobody,
and any status but 0 stops Git.
"""

import os
import sys

from gitseal.errors import Error, UsageError, shell_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:  # each loaded by the hook that needs it
    from collections.abc import Sequence

    from gitseal.audit.scan.scanned import Scanned
    from gitseal.git.ahead import Ahead
    from gitseal.git.repository import Repository
    from gitseal.identities import Keyring
    from gitseal.report.findings import Finding

HOOKS = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push", "pre-receive")
_COMMITS = {"pre-commit", "pre-merge-commit"}
_AIMED = {"GIT_DIR", "GIT_WORK_TREE"}
_CANCEL = "stopped: nothing was {}"
# No allowance stands for a signature.
_ALLOW = ". For a false alarm: gitseal hook allow {}"
_DONE = {
    "pre-commit": "committed",
    "pre-merge-commit": "merged",
    "commit-msg": "committed",
    "pre-push": "pushed",
    "pre-receive": "taken",
}


def main(arguments: list[str]) -> int:
    """Does the work of one hook, given its name and what Git gave it, and returns its status."""
    if not arguments or arguments[0] not in HOOKS:
        raise UsageError("which hook?", f"one of {', '.join(HOOKS)}; for example: gitseal hook run {HOOKS[0]}")
    hook, *given = arguments
    if hook == "commit-msg" and len(given) != 1:
        raise UsageError(
            "commit-msg takes the file that has the message", "gitseal hook run commit-msg .git/COMMIT_EDITMSG"
        )
    keyring = _keyring() if hook == "commit-msg" else None
    repository = _repository(hook, keyring)
    if keyring is not None:
        from gitseal.audit.hook.at_message import at_message

        scanned = at_message(repository, given[0], keyring, os.environ)
    elif hook in _COMMITS:
        from gitseal.audit.hook.at_commit import at_commit

        scanned = at_commit(repository, _keyring(), os.environ)
    else:
        from gitseal.audit.hook.at_refs import at_push, at_receive
        from gitseal.git import updates

        lines = sys.stdin.buffer.read()
        if hook == "pre-receive":
            received = at_receive(repository, updates.received(lines))
            return _say(received.scanned, received.unverified, hook=hook, notes=repository.notes)
        scanned = at_push(repository, given, updates.pushed(lines), _keyring())
    return _say(scanned, hook=hook, notes=repository.notes)


def _repository(hook: str, keyring: "Keyring | None") -> "Repository":
    here = os.getcwd()
    # Git starts hooks at the top of the working tree. A person may call this from below it, and GIT_DIR may be elsewhere.
    is_at_top = os.path.exists(".git") and not _AIMED & os.environ.keys()
    asked = _asked(hook, here, keyring) if is_at_top and "PRE_COMMIT" not in os.environ else None
    from gitseal.git.repository import Repository  # now that Git is at work

    if hook == "pre-receive" or is_at_top:
        return Repository(here, in_hook=True, ahead=asked)
    return Repository(_top_of(here), in_hook=True)


def _asked(hook: str, here: str, keyring: "Keyring | None") -> "Ahead | None":
    """What a hook asks Git in any case. The keyring is that of commit-msg, which tells how much that is."""
    if keyring is None and hook not in _COMMITS:
        return None
    from gitseal.audit.hook import ahead

    return ahead.of_message(here, keyring) if keyring is not None else ahead.of_commit(here)


def _top_of(here: str) -> str:
    """The top of the working tree. Raises Error if there is none."""
    from gitseal.git import run
    from gitseal.git.repository import top_of

    # Git is asked only if variables say where the repository is: a folder of the tree may itself look like a repository.
    if not run.is_aimed():
        top = top_of(here)
    else:
        answer = run.git(here, "rev-parse", "--show-toplevel", in_hook=True)
        top = os.fsdecode(answer.rstrip(b"\n")) if answer is not None else None
    if top is None:
        raise Error(f'"{here}" is in no Git working tree', "go to one, or look at GIT_DIR and GIT_WORK_TREE")
    return top


def _keyring() -> "Keyring":
    from gitseal.identities import discover

    return discover(os.environ, os.path.expanduser("~"), None)


def _say(scanned: "Scanned", unverified: "Sequence[Finding]" = (), *, hook: str, notes: "Sequence[str]" = ()) -> int:
    for note in scanned.notes:
        _print(f"gitseal: {note}")
    if notes:
        from gitseal.report.escaping import printable  # Git's own warnings hold names from the repository

        for note in dict.fromkeys(notes):
            _print(f"gitseal: {printable(note)}")
    findings = [*scanned.findings, *unverified]
    if not findings:
        return 0
    from gitseal.report import formats

    sys.stderr.write(formats.write(findings, "text").rstrip("\n") + "\n")
    # Git starts a hook at the top, wherever the person stands; paths in findings are from there (githooks(5)).
    if os.environ.get("GIT_PREFIX"):
        _print(
            f"gitseal: paths are from the top of the repository; run the commands there: cd {shell_quoted(os.getcwd())}"
        )
    from gitseal.audit.scan.texts import is_of_text
    from gitseal.report.hints import path_word

    allowable = next((finding.path for finding in scanned.findings if not is_of_text(finding)), "")
    allow = _ALLOW.format(shell_quoted(path_word(allowable))) if allowable else ""
    _print(f"gitseal: {_CANCEL.format(_DONE[hook])}{allow}")
    return 1


def _print(words: str) -> None:
    from gitseal.report.escaping import line  # a clean commit prints nothing

    sys.stderr.write(f"{line(words)}\n")
