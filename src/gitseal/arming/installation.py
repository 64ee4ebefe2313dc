"""`hook install` and `hook uninstall`: gitseal first among a repository's hooks, and everything as it was afterwards."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gitseal.arming import managers as hook_managers
from gitseal.arming import script as hook_script
from gitseal.arming import server
from gitseal.arming.managers import Manager
from gitseal.errors import Error, shell_quoted
from gitseal.files import atomic
from gitseal.git import hooks
from gitseal.git.hooks import SERVER, STAGES, HooksFolder, HooksScope
from gitseal.git.links import refuse_links
from gitseal.git.repository import Repository
from gitseal.report.hints import set_aside

_EXECUTABLE = 0o755
_HOOK_LIMIT = 64 * 2**20
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL})


class Installed(NamedTuple):
    """The outcome of an installation.

    `changed`: files written, moved or removed, and settings; empty if all was so already. `committed`: those that are the
    team's to commit. `managers`: whose configuration lacks gitseal. `refused`: the folder that other repositories share, if
    nothing was written because of that, or None.
    """

    changed: tuple[str, ...]
    committed: tuple[str, ...] = ()
    managers: tuple[Manager, ...] = ()
    refused: HooksFolder | None = None


def install(repository: Repository, program: Path, *, shared: bool = False, tracked: bool = True) -> Installed:
    """Puts gitseal before everything else in the hooks `STAGES`.

    `program` is the gitseal that they will run. `shared`: also into a folder that other repositories share. `tracked`: files that
    commits bring to everyone may be written; without it they are left, and the result names the folder as refused. Raises Error
    if a hook is in the way; the stages before it are installed then.
    """
    folder = hooks.folder(repository)
    scripts = hook_managers.husky(repository.top, folder)
    lacking = tuple(manager for manager in hook_managers.managers(repository.top) if not manager.has_gitseal)
    is_barred = (folder.kind is HooksScope.SHARED and not shared) or (
        not tracked and (folder.kind is HooksScope.COMMITTED or (scripts is not None and bool(folder.setting)))
    )
    if is_barred:
        if hooks.version() >= hooks.CONFIGURATION_HOOKS:
            return Installed(_into_configuration(repository, program), managers=lacking)
        return Installed((), managers=lacking, refused=folder)
    changed: list[str] = []
    committed: list[str] = []
    if scripts is not None and tracked:
        committed = [name for stage in STAGES for name in _into_husky(scripts, stage, repository)]
    if scripts is None or not folder.setting:
        is_team = folder.kind is HooksScope.COMMITTED
        for stage in STAGES:
            if not _is_run_by_a_manager(folder.path / stage, stage, repository.top):
                written = _put(folder.path / stage, hook_script.script(stage, None if is_team else program))
                (committed if is_team else changed).extend(named(repository, path) for path in written)
    return Installed((*committed, *changed), tuple(committed), lacking)


def install_server(repository: Repository, program: Path) -> Installed:
    """Puts gitseal into the pre-receive hook of a bare repository: where its forge looks, else before what is there.

    Raises Error as `install`.
    """
    folder = hooks.folder(repository)
    # An earlier gitseal stood in the place of a forge's dispatcher, which then did not know its own name.
    changed = _take_out(folder.path / SERVER) if server.has_dispatcher(previous_hook(folder.path / SERVER)) else []
    place = server.place(repository, folder)
    if not place.forge and folder.kind is HooksScope.SHARED:
        return Installed((), refused=folder)
    _keep_its_name(folder.path / SERVER)
    changed += _put(place.path, hook_script.script(SERVER, program))
    server.record(repository, place.path)
    return Installed(tuple(named(repository, path) for path in dict.fromkeys(changed)))


def uninstall(repository: Repository, *, shared: bool = False) -> tuple[str, ...]:
    """Takes gitseal out of all hooks and puts back what was there before it, to the byte; says what changed.

    Raises Error if another hook stands in the way of one that was kept.
    """
    folder = hooks.folder(repository)
    changed: list[str] = []
    if folder.kind is not HooksScope.SHARED or shared:
        for stage in (*STAGES, SERVER):
            changed += [named(repository, path) for path in _take_out(folder.path / stage)]
    place = server.place(repository, folder)
    if place.forge:
        changed += [named(repository, path) for path in _take_out(place.path)]
    server.record(repository, None)
    scripts = hook_managers.husky(repository.top, folder)
    if scripts is not None:
        changed += [named(repository, path) for stage in STAGES for path in _out_of_husky(scripts / stage)]
    own = hooks.own_folder(repository)
    for stage in STAGES:
        if hooks.unconfigure(repository, stage):
            changed.append(f"hook.gitseal-{stage}")
        (own / "hooks" / stage).unlink(missing_ok=True)
    with suppress(OSError):
        (own / "hooks").rmdir()
    return tuple(changed)


def read_hook(path: Path) -> bytes | None:
    """The bytes of a hook; empty for something that cannot be read as a file, None if nothing is there."""
    if not os.path.lexists(path):
        return None
    try:
        with path.open("rb") as file:
            return file.read(_HOOK_LIMIT)
    except OSError:
        return b""


def previous_hook(path: Path) -> Path:
    """The path at which the hook that was at `path` before gitseal is kept.

    A server's keeps its own name, in a folder: it may be a dispatcher that looks at how it was called.
    """
    beside = path.with_name(path.name + hook_script.BEFORE)
    if path.name != SERVER or os.path.lexists(beside):  # as an earlier gitseal kept it
        return beside
    return path.parent / hook_script.BEFORE_FOLDER / path.name


def _put(path: Path, script: bytes) -> list[Path]:
    """Makes `path` gitseal's hook, an earlier one kept beside it; gives what changed. At no moment is there no hook."""
    present = read_hook(path)
    changed = [path]
    if path.is_dir():
        raise Error(f'"{path}" is a folder, where Git looks for a hook', f"look at: ls -ld {shell_quoted(path)}")
    if present is not None and hook_script.is_ours(present):
        if present == script and not path.is_symlink() and os.access(path, os.X_OK):
            return []
    elif present is not None and present != read_hook(previous_hook(path)):
        if os.path.lexists(previous_hook(path)):
            raise Error(
                f'another program has replaced "{path}" since gitseal kept what was there before in "{previous_hook(path)}"',
                "to keep what is there now, and run it before gitseal: "
                f"{set_aside(str(previous_hook(path)))} && gitseal hook install",
            )
        _copy_beside(path)
        changed.append(previous_hook(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        atomic.put(path, script, _EXECUTABLE)
    except BaseException:
        # It moved if the file system knows no second names; Git would run no hook at all.
        if not os.path.lexists(path) and os.path.lexists(previous_hook(path)):
            with suppress(OSError):  # the reason of the failure counts, and it may forbid this too
                previous_hook(path).rename(path)
        raise
    return changed


def _copy_beside(path: Path) -> None:
    """A second name for the very same file or link, so that its bytes, mode and times stay."""
    previous_hook(path).parent.mkdir(exist_ok=True)
    try:
        os.link(path, previous_hook(path), follow_symlinks=False)
    except OSError as error:
        # On a disk that is full nothing could be put in the place of a hook that went.
        if error.errno not in _NO_LINKS:
            raise
        # A file system without hard links: for a moment there is no hook.
        path.rename(previous_hook(path))


def _take_out(path: Path) -> list[Path]:
    present = read_hook(path)
    before = previous_hook(path)
    if present is not None and hook_script.is_ours(present):
        if os.path.lexists(before):
            before.replace(path)
            _remove_folder(before)
            return [path, before]
        path.unlink()
        return [path]
    if os.path.lexists(before):
        if present is not None:
            raise Error(
                f'another program has replaced "{path}" since gitseal kept what was there before in "{before}"',
                f"to keep what is there now: {set_aside(str(before))}",
            )
        before.rename(path)
        _remove_folder(before)
        return [path, before]
    return []


def _keep_its_name(path: Path) -> None:
    """Moves what an earlier gitseal kept beside a server's hook to where the hook of this one looks for it."""
    beside = path.with_name(path.name + hook_script.BEFORE)
    if os.path.lexists(beside):
        kept = path.parent / hook_script.BEFORE_FOLDER / path.name
        kept.parent.mkdir(exist_ok=True)
        beside.rename(kept)


def _remove_folder(before: Path) -> None:
    if before.parent.name == hook_script.BEFORE_FOLDER:
        with suppress(OSError):
            before.parent.rmdir()


def _is_run_by_a_manager(path: Path, stage: str, top: Path) -> bool:
    """True if the hook calls gitseal already: by itself, or as the file of a manager whose configuration does."""
    present = read_hook(path)
    if not present or hook_script.is_ours(present) or not os.access(path, os.X_OK):
        return False
    if b"gitseal hook run" in present:
        return True
    return any(stage in manager.calls and manager.mark in present for manager in hook_managers.managers(top))


def _into_husky(scripts: Path, stage: str, repository: Repository) -> list[str]:
    path = scripts / stage
    refuse_links(path)
    present = read_hook(path)
    if present is None:
        return [named(repository, placed) for placed in _put(path, hook_script.script(stage, None))]
    if hook_script.is_ours(present):
        return []
    wanted = hook_script.with_block(present, stage)
    if wanted is None:
        raise Error(
            f'"{path}" is no shell script, and husky runs it as one', f"let it begin with: gitseal hook run {stage}"
        )
    if wanted == present:
        return []
    atomic.write(path, wanted)
    return [named(repository, path)]


def _out_of_husky(path: Path) -> list[Path]:
    present = read_hook(path)
    if present is None:
        return []
    if hook_script.is_ours(present):
        path.unlink()
        return [path]
    without = hook_script.without_block(present)
    if without == present:
        return []
    atomic.write(path, without)
    return [path]


def _into_configuration(repository: Repository, program: Path) -> tuple[str, ...]:
    """Hooks named in the repository's configuration: whatever core.hooksPath says, they run, and first (git-hook(1))."""
    import shlex

    changed: list[str] = []
    folder = hooks.own_folder(repository).resolve() / "hooks"
    for parent in (folder.parent, folder):
        parent.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    for stage in STAGES:
        path = folder / stage
        command = shlex.quote(str(path))
        if _put(path, hook_script.script(stage, program)) or hooks.configured(repository, stage) != command:
            hooks.configure(repository, stage, command)
            changed.append(f"hook.gitseal-{stage}")
    return tuple(changed)


def named(repository: Repository, path: Path) -> str:
    """A path as people read it: relative to the top if it lies below."""
    return str(path.relative_to(repository.top)) if path.is_relative_to(repository.top) else str(path)
