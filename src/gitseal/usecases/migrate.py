"""`migrate`: a repository that has its secrets in files of sops becomes a project of gitseal. Its files stay as they are."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from gitseal.arming import git_files
from gitseal.arming.founding import Founding, files, found, is_founded
from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git import committing
from gitseal.git.repository import Repository
from gitseal.identities import Keyring
from gitseal.policy.patterns import exact_pattern
from gitseal.project.holder_names import TEAM
from gitseal.project.project import FOLDER, Project
from gitseal.project.workspace import Workspace
from gitseal.report.hints import ShellCommand
from gitseal.report.plurals import plural
from gitseal.sealing import writing
from gitseal.sealing.change import Change
from gitseal.sealing.foreign_values import readable_comments, take
from gitseal.sealing.leaving_sops import Migration, MovedFile, below
from gitseal.yamltext import scalars


def migrate(migration: Migration, keyring: Keyring) -> Project:
    """Makes the project with all values, and believes its recipients. Raises Error with nothing left behind."""
    by_environment = {one.environment: one for one in migration.moved}
    comments = {one.environment: readable_comments(one.imported) for one in migration.moved}

    def put(edit: Change) -> object:
        one = by_environment[edit.environment]
        return take(edit, one.imported.items, comments[edit.environment], plain_names=one.plain)

    def fill(project: Project) -> None:
        # One at a time takes no journal, which would name a folder that is about to go.
        for environment in by_environment:
            writing.change(Workspace(project, keyring), (environment,), put)

    return found(migration.root, keyring, _founding(migration), fill)[0]


def is_made(migration: Migration) -> bool:
    """True if the project is there already, as this migration makes it: an earlier run did, and may have been cut off."""
    return is_founded(migration.root, _founding(migration))


def is_committed(migration: Migration, repository: Repository) -> bool:
    """True if HEAD has the project's policy."""
    place = below(migration.root, repository)
    return repository.file("HEAD", str(PurePosixPath(place, FOLDER, "policy.yaml"))) is not None


def commit(migration: Migration, repository: Repository, again: str) -> str:
    """Commits what was written alone, and gives the commit's id.

    Raises Error if a hook or Git refuses; then all is written, and the command `again` commits it.
    """
    place = below(migration.root, repository)
    written = [str(PurePosixPath(place, path)) for path in (*files(_founding(migration)), *git_files.FILES)]
    message = f"Seal with gitseal what {plural(len(migration.moved), 'file')} of sops had"
    try:
        return committing.commit(repository, written, message)
    except Error as error:
        reason = " ".join(error.message.split())
        raise Error(f"everything is sealed, but {reason}", f"mend what it names, then: {again}") from None


def refuse_uncommitted(root: Path, repository: Repository, where: tuple[str, ...] = ()) -> None:
    """Raises Error if there could be no commit, or if a file that it takes along has changes of its own.

    `where` says to Git in a hint which folder `root` is. What an earlier run wrote there before it was cut off is none of them.
    """
    place = below(root, repository)

    def git(*words: str) -> str:
        return ShellCommand(("git", *where, *words)).as_text()

    for name in git_files.FILES:
        path = str(PurePosixPath(place, name))
        is_changed = committing.uncommitted_paths(repository, path)
        if is_changed and not git_files.is_written(repository.file("HEAD", path) or b"", _content(root / name), name):
            raise Error(
                f"{name} has changes that are not committed",
                f"commit them: {git('add', name)} && {git('commit', name)}",
            )
    if repository.git("var", "GIT_COMMITTER_IDENT") is None:
        raise Error("Git does not know who you are", f"say it first: {git('config', 'user.email', 'you@example.com')}")
    if repository.is_merging():
        raise Error("a merge is under way, and its commit would take this along", f"end it first, see: {git('status')}")


def _content(path: Path) -> bytes:
    return read_regular(path) if path.exists() else b""


def _founding(migration: Migration) -> Founding:
    believed = [(one.name, key) for one in migration.recipients for key in one.keys]
    return Founding(policy(migration), tuple(one.environment for one in migration.moved), believed)


def policy(migration: Migration) -> str:
    """The text of the policy. Who opens most of the environments is a group; all else is named where it counts."""
    team = _team(migration.moved)
    recipients = "".join(
        f"  {scalars.serialise_name(one.name)}:\n"
        + (f"    email: {scalars.serialise(one.email)}\n" if one.email else "")
        + "    keys:\n"
        + "".join(f"      - {scalars.serialise(key)}\n" for key in one.keys)
        for one in migration.recipients
    )
    group = f"\ngroups:\n  {TEAM}: [{', '.join(map(scalars.serialise, team))}]\n" if team else ""
    environments = "".join(
        f"  {scalars.serialise_name(one.environment)}:  # {_in_comment(one.path)}\n"
        f"    open: [{', '.join(map(scalars.serialise, (TEAM,) if one.opens == team else one.opens))}]\n"
        for one in migration.moved
    )
    return (
        "# Who may open what. Files follow with: gitseal rekey\n\nversion: 1\n\n"
        f"recipients:\n{recipients}{group}\nenvironments:\n{environments}{_plain_rules(migration.moved)}"
    )


def _plain_rules(moved: Sequence[MovedFile]) -> str:
    rules = "".join(
        f"  - names:\n{''.join(f'      - {scalars.serialise(exact_pattern(path))}{chr(10)}' for path in one.plain)}"
        f"    environments: [{scalars.serialise(one.environment)}]\n    plain: true\n"
        for one in moved
        if one.plain
    )
    return (
        f"\n# These stood in clear in the files of sops. What no rule names is sealed.\nrules:\n{rules}"
        if rules
        else ""
    )


def _team(moved: Sequence[MovedFile]) -> tuple[str, ...]:
    """The recipients whom most environments open to, if there are several of them in several environments; else nobody."""
    often = Counter(one.opens for one in moved if len(one.opens) > 1)
    most = often.most_common(1)
    return most[0][0] if most and most[0][1] > 1 else ()


def _in_comment(path: str) -> str:
    return path if path.isprintable() else ascii(path)
