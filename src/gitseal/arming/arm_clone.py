"""Making a clone ready: its hooks, its drivers, a place for the keys it believes. No tracked file is touched."""

from pathlib import Path
from typing import NamedTuple

from gitseal.arming import drivers, installation, status
from gitseal.arming.managers import Manager
from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.git import hooks, settings, trusted_ref
from gitseal.git.hooks import HooksScope
from gitseal.git.repository import Repository
from gitseal.policy.approvals import asks_approvals
from gitseal.project.approval_refs import fetch_refspec
from gitseal.project.project import Project


class Armed(NamedTuple):
    """`done`: what was set up now, in words; nothing if all was. `left`: what was not, each with the command that does it.

    `managers`: those of hooks, whose configuration lacks gitseal.
    """

    done: tuple[str, ...]
    left: tuple[tuple[str, str], ...] = ()
    managers: tuple[Manager, ...] = ()


def arm(project: Project, program: Path, *, with_hooks: bool = True, founding: bool = False) -> Armed:
    """Makes a clone ready. `program` is the gitseal that its drivers and hooks will run; `founding`: `.secrets` is new here.

    Raises Error if the folder has no policy that holds together.
    """
    project.check_working_tree()
    _ = project.policy
    repository = project.git()
    folder = repository.common_dir() / "gitseal"
    done: list[str] = []
    if not folder.is_dir():
        atomic.make_folder(folder)
        done.append(f"{folder}, where this clone remembers which keys it believes")
    if asks_approvals(project.policy):
        done += _fetching(repository)
    shown = _drivers(repository, program)
    hooked = _hooks(repository, program) if with_hooks else Armed(())
    left = (*shown.left, *hooked.left, *_trust(repository, founding=founding))
    return Armed((*done, *shown.done, *hooked.done), left, hooked.managers)


def _trust(repository: Repository, *, founding: bool) -> tuple[tuple[str, str], ...]:
    """Writes down which ref is trusted, if nobody has; says how to, if nothing here shows which it should be."""
    if trusted_ref.is_set(repository):
        return ()
    ref = trusted_ref.to_write(repository, founding=founding)
    if ref:
        settings.write(repository.top, trusted_ref.SETTING, ref)
        return ()
    remotes = repository.remotes()
    if not remotes:
        return ()
    words = "Git does not know the default branch of any remote, so gitseal trusts no state yet and asks about each data key"
    return ((words, trusted_ref.way_to_one(repository)),)


def unfetched(repository: Repository) -> tuple[str, ...]:
    """The remotes whose approvals a fetch does not bring."""
    return tuple(
        remote
        for remote in repository.remotes()
        if fetch_refspec(remote) not in settings.local(repository.top, f"remote.{remote}.fetch")
    )


def _fetching(repository: Repository) -> list[str]:
    """Has `git fetch` bring approvals too, of each remote; says what is new."""
    remotes = unfetched(repository)
    for remote in remotes:
        settings.add(repository.top, f"remote.{remote}.fetch", fetch_refspec(remote))
    return [f"git fetch to bring approvals: {', '.join(remotes)}"] if remotes else []


def _drivers(repository: Repository, program: Path) -> Armed:
    try:
        changed = drivers.install(repository, program) if not drivers.state(repository).is_armed else ()
    except Error as error:
        return Armed((), ((error.message, error.hint),))
    return Armed(("drivers by which git diff shows sealed files and git merge merges them",) if changed else ())


def _hooks(repository: Repository, program: Path) -> Armed:
    try:
        if hooks.folder(repository).kind is not HooksScope.PRIVATE and status.is_installed(repository):
            return Armed(())
        done = installation.install(repository, program, tracked=False)
        if done.refused is not None and not status.is_installed(repository):
            reason = f'core.hooksPath leads to "{done.refused.path}", which is not this clone\'s alone'
            return Armed((), ((f"no hook keeps plaintext out yet: {reason}", "gitseal hook install"),), done.managers)
    except Error as error:
        return Armed((), ((error.message, error.hint or "gitseal hook status"),))
    words = (f"hooks that keep plaintext out: {', '.join(done.changed)}",) if done.changed else ()
    return Armed(words, (), done.managers if done.changed else ())
