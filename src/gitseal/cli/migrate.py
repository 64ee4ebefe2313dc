"""`gitseal migrate`."""

from contextlib import suppress

from gitseal.cli import declare, output, terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import option_for, say
from gitseal.errors import Declined, Error, UsageError
from gitseal.report.hints import ShellCommand, remove_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from gitseal.git.repository import Repository
    from gitseal.project.project import Project
    from gitseal.sealing.leaving_sops import Migration

_SHOWN_OF_KEY = 32


@declare.group("migrate")
def command() -> None:
    """Move a repository from another tool to gitseal.

    The other tool's files stay as they are, so that you can go back.

    Examples:
      gitseal migrate sops --dry-run
    """


@command.command("sops")
@declare.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@declare.option("--yes", is_flag=True, help="Do not ask: take these recipients, and commit.")
@declare.option("--keep-comments", is_flag=True, help="Take sealed comments too, for everybody to read.")
def sops(session: Session, *, dry_run: bool, yes: bool, keep_comments: bool) -> None:
    """Make a project of a repository whose secrets are in files of sops.

    Each file of sops that an identity at hand opens becomes an environment: its names, types and sections, and the comments that
    stand in clear. Whoever opens it today may open it, unless the rule of .sops.yaml names them no more; nobody else is let in.
    What stands in clear stays plain if it can.
    You see by name what is done, what cannot be said in policy.yaml, and which files stay with sops, before you are asked once
    for everything. Then all of it is one commit.

    The files of sops stay, and nothing of theirs changes: git revert HEAD is the way back.

    Examples:
      gitseal migrate sops --dry-run
      gitseal migrate sops --yes
    """
    from gitseal.cli.arming import arm
    from gitseal.git.repository import Repository, find_top
    from gitseal.usecases import init, migrate

    if dry_run and yes:
        raise UsageError("--dry-run and --yes exclude each other", "give one of them")
    present = init.existing(session.start)
    root = init.root_for(session.start)
    repository = Repository(find_top(root) or root)
    migration = _planned(session, root, repository, present, sealed_comments=keep_comments)
    _show(migration)
    if dry_run:
        say("nothing was changed, because of --dry-run")
        return
    where = option_for(str(root))
    flags = ("--keep-comments",) if keep_comments else ()
    again = ShellCommand(("gitseal", *where, "migrate", "sops", *flags, "--yes")).as_text()
    migrate.refuse_uncommitted(root, repository, where)
    if not yes:
        _ask(again)
    project = present or migrate.migrate(migration, session.keyring)
    try:
        output.line(migrate.commit(migration, repository, again))
    except Error:
        # What stopped the commit is told, and not that it stops this too.
        with suppress(Error):
            arm(project, hooks=True, founding=True)
        raise
    arm(project, hooks=True, founding=True)
    say("the files of sops are as they were; when nothing reads them any more:")
    say(f"  {remove_files(where, migration.files).as_text()}")


def _ask(again: str) -> None:
    """Raises Error, or Declined, unless a person says yes."""
    if not terminal.can_ask():
        raise Error("nothing was changed: nobody is here to say yes", f"if that is what you want: {again}")
    if not terminal.confirm("Take these recipients, and commit?"):
        raise Declined("nothing was changed")


def _planned(
    session: Session, root: "Path", repository: "Repository", present: "Project | None", *, sealed_comments: bool
) -> "Migration":
    """What is to be done. Raises Error if a project is there that this command did not make."""
    from gitseal.sealing import leaving_sops
    from gitseal.usecases import init

    try:
        migration = leaving_sops.plan(
            root, repository, session.keyring, *init.newcomer(root), sealed_comments=sealed_comments
        )
    except Error:
        if present is not None:
            raise _is_there(present) from None
        raise
    if present is not None:
        _check_cut_off(migration, present, repository)
    return migration


def _check_cut_off(migration: "Migration", present: "Project", repository: "Repository") -> None:
    """Raises Error, unless the project is what an earlier run of this command wrote, and did not come to commit."""
    from gitseal.cli.arming import arm
    from gitseal.usecases import migrate

    if present.root != migration.root or not migrate.is_made(migration):
        raise _is_there(present)
    if migrate.is_committed(migration, repository):
        # The run may have been cut off just before this.
        arm(present, hooks=True)
        remove = remove_files(option_for(str(migration.root)), migration.files).as_text()
        raise Error(
            f"{present.folder} is there already, with all of this in it",
            f"when nothing reads the files of sops any more: {remove}",
        )
    say("an earlier run was cut off when all was sealed; this one goes on from there")


def _is_there(present: "Project") -> Error:
    return Error(f"{present.folder} is there already", "take the files of sops over one by one, each by an import")


def _show(migration: "Migration") -> None:
    from gitseal.recipients.fingerprint import fingerprint
    from gitseal.report.plurals import plural

    say("these files become environments:")
    for one in migration.moved:
        values, plain = (
            plural(len(one.imported.items), "value"),
            f", {len(one.plain)} of them plain" if one.plain else "",
        )
        say(f"  {one.path}: {one.environment}, {values}{plain}, opened by {', '.join(one.opens)}")
    say("these may open them:")
    for person in migration.recipients:
        for key in person.keys:
            say(f"  {person.name} {fingerprint(key)} {key[:_SHOWN_OF_KEY]}...: {', '.join(person.environments)}")
    if migration.left:
        say("these stay with sops alone:")
    for left in migration.left:
        say(f"  {left.path}: {left.reason}", *([f"    {left.hint}"] if left.hint else []))
    if migration.unsaid:
        say("look at this, which the policy cannot say, or says otherwise:")
    for words in migration.unsaid:
        say(f"  {words}")
