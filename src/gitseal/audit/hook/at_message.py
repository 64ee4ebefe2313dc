"""The look of the hook commit-msg at a commit's message, and at the name of the branch that it goes to."""

from gitseal.audit.hook.ahead import BRANCH, has_identity
from gitseal.audit.scan import texts
from gitseal.audit.scan.scanned import Scanned
from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitseal.identities import Keyring
    from gitseal.report.findings import Finding
    from gitseal.scan.team import TeamSearch

# The files in which Git hands a message over; it is a message's own finding then, and any other file is called by its name.
_GITS = ("COMMIT_EDITMSG", "MERGE_MSG")
# What follows such a line is cut off (git-commit(1), --cleanup=scissors and --verbose), whatever sign stands before it.
_SCISSORS = b" ------------------------ >8 ------------------------\n"
_MOST_SIGNS = 4
_NO_EDITOR = ":"
_STRIPPING = {"", "default", "strip"}


def at_message(repository: Repository, path: str, keyring: "Keyring", environ: "Mapping[str, str]") -> Scanned:
    """The findings in the message that a file has. Raises Error if it cannot be read."""
    message = _cut(_read(path)) if _is_edited(environ) else _read(path)
    name = path.rpartition("/")[2]
    label = texts.MESSAGE if name in _GITS else name
    team, notes = _team(repository, keyring)
    words = texts.before_commit(path)
    findings = texts.in_text(label, message, team, words)
    if findings and _is_edited(environ) and repository.config("commit.cleanup") in _STRIPPING:
        # Only now: comments name files and branches, and hardly any message holds anything at all.
        stripped = repository.git("stripspace", "--strip-comments", stdin=message) or b""
        findings = texts.in_text(label, stripped, team, words)
    return Scanned([*findings, *_of_branch(repository, team)], 0, notes)


def _team(repository: Repository, keyring: "Keyring") -> "tuple[TeamSearch | None, tuple[str, ...]]":
    """The search for the team's values, and what a person should know besides."""
    if not has_identity(keyring):
        return None, ()
    from gitseal.audit.scan import policy as guards
    from gitseal.audit.scan.team import find_team

    found = find_team(guards.of_index(repository), keyring)
    return found.search, found.notes


def _read(path: str) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise Error(f'the message in "{path}" cannot be read', "look at its owner and mode") from error


def _cut(message: bytes) -> bytes:
    """What stands above the scissors."""
    end = 0
    for line in message.splitlines(keepends=True):
        if line.endswith(_SCISSORS) and len(line) <= len(_SCISSORS) + _MOST_SIGNS:
            return message[:end]
        end += len(line)
    return message


def _is_edited(environ: "Mapping[str, str]") -> bool:
    """True if somebody writes the message in an editor: Git cuts only such a one, and takes comments out of it."""
    return environ.get("GIT_EDITOR") != _NO_EDITOR  # githooks(5)


def _of_branch(repository: Repository, team: "TeamSearch | None") -> "list[Finding]":
    branch = (repository.git(*BRANCH) or b"").removesuffix(b"\n")
    seen = texts.in_names([branch] if branch else [], team, "in the name of this branch", texts.RENAME_REF)
    return [finding for findings in seen.values() for finding in findings]
