"""`hook status`: whether each hook is armed, proved by a made-up leak that it must block, with nothing left behind."""

import os
import shlex
from pathlib import Path
from typing import NamedTuple

from gitseal.arming import managers, script
from gitseal.arming import server as server_hooks
from gitseal.arming.installation import named, previous_hook, read_hook
from gitseal.errors import Error
from gitseal.git import canary, hooks, refs
from gitseal.git.hooks import CONFIGURATION_HOOKS, MESSAGE, SERVER, STAGES, HooksFolder, HooksScope
from gitseal.git.repository import Repository

_INSTALL = "gitseal hook install"


class Stage(NamedTuple):
    """One hook.

    `armed`: it blocks plaintext and lets the rest pass. `how`: in words, where it stands or why it is not armed. `mend`: the
    command, if it is not. `refuses_all`: nothing passes, so no plaintext either.
    """

    name: str
    armed: bool
    how: str
    mend: str = ""
    refuses_all: bool = False


class _Unproved(NamedTuple):
    """The place of gitseal in a stage. `file` is its own, or None if others' commands may run before it."""

    how: str
    file: Path | None
    # Run by a forge's own program, which cannot be run without the forge.
    is_alone: bool = False


def status(repository: Repository, *, server: bool = False) -> list[Stage]:
    """Each hook of a working tree, or the one of a bare repository. Raises Error if Git refuses."""
    folder = hooks.folder(repository)
    places = {SERVER: _on_server(repository, folder)} if server else {}
    places |= {stage: _find(repository, folder, stage) for stage in STAGES} if not server else {}
    if not any(isinstance(place, _Unproved) for place in places.values()):
        return [place for place in places.values() if isinstance(place, Stage)]
    with canary.canary(repository, received=server) as made:
        return [
            _proved(repository, stage, place, made) if isinstance(place, _Unproved) else place
            for stage, place in places.items()
        ]


def is_installed(repository: Repository) -> bool:
    """True if gitseal stands in all hooks of a working tree; nothing is run to prove it."""
    return first_lacking(repository) is None


def first_lacking(repository: Repository) -> Stage | None:
    """The first hook of a working tree in which gitseal does not stand; nothing is run. Raises Error if Git refuses."""
    folder = hooks.folder(repository)
    places = (_find(repository, folder, stage) for stage in STAGES)
    return next((place for place in places if isinstance(place, Stage)), None)


def _find(repository: Repository, folder: HooksFolder, stage: str) -> _Unproved | Stage:
    if hooks.configured(repository, stage) and hooks.version() >= CONFIGURATION_HOOKS:
        return _Unproved("named in this repository's Git configuration", hooks.own_folder(repository) / "hooks" / stage)
    scripts = managers.husky(repository.top, folder)
    if scripts is not None and folder.setting:
        return _in_husky(scripts, folder, stage)
    present = read_hook(folder.path / stage)
    return _missing(folder, stage) if present is None else _in_file(repository, folder, stage, present)


def _on_server(repository: Repository, folder: HooksFolder) -> _Unproved | Stage:
    """The hook of a bare repository, where its forge looks for it."""
    place = server_hooks.place(repository, folder)
    last = server_hooks.recorded(repository)
    stage = _find(repository, folder, SERVER) if not place.forge else _in_forge(repository, place)
    if isinstance(stage, Stage) and last is not None and not script.is_ours(read_hook(last) or b""):
        return stage._replace(
            how=f"{stage.how}; gitseal was in {named(repository, last)}, and something took it away since"
        )
    if isinstance(stage, Stage):
        return stage
    default = refs.default_branch(repository)
    if default.instead:
        how = f"HEAD leads to {default.name or 'a commit'}, which is no branch here, so nobody's policy could judge a push"
        mend = f"git symbolic-ref HEAD {shlex.quote(default.instead)}"
        return Stage(SERVER, armed=False, how=how, mend=mend, refuses_all=True)
    return stage


def _in_forge(repository: Repository, place: server_hooks.ServerPlace) -> _Unproved | Stage:
    name, mend = named(repository, place.path), f"{_INSTALL} --server"
    present = read_hook(place.path)
    if present is None or not script.is_ours(present):
        return Stage(SERVER, armed=False, how=f"gitseal is not in {name}, where {place.forge} looks", mend=mend)
    if not os.access(place.path, os.X_OK):
        return Stage(SERVER, armed=False, how=f'"{place.path}" is not executable', mend=mend)
    if place.trouble:
        return Stage(SERVER, armed=False, how=place.trouble, mend="let the forge write its hooks again")
    return _Unproved(f"{name}, as {place.forge} runs it", place.path, is_alone=True)


def _missing(folder: HooksFolder, stage: str) -> Stage:
    before = previous_hook(folder.path / stage)
    waits = f"no such hook, and {before.name} waits" if os.path.lexists(before) else "no such hook"
    place = f" in {folder.path}, where core.hooksPath leads" if folder.setting else ""
    return Stage(stage, armed=False, how=waits + place, mend=_install(folder, stage))


def _in_file(repository: Repository, folder: HooksFolder, stage: str, present: bytes) -> _Unproved | Stage:
    path = folder.path / stage
    if not os.access(path, os.X_OK):
        return Stage(stage, armed=False, how=f'"{path}" is not executable', mend=_install(folder, stage))
    if script.is_ours(present):
        after = f", then {previous_hook(path).name}" if os.access(previous_hook(path), os.X_OK) else ""
        return _Unproved(f"{named(repository, path)}{after}", path)
    if script.has_block(present):
        return _Unproved(f"{named(repository, path)}, by its first lines", path)
    return _in_another(repository, folder, stage, present)


def _in_another(repository: Repository, folder: HooksFolder, stage: str, present: bytes) -> _Unproved | Stage:
    """A hook that is not ours: somebody's who calls gitseal, or one that replaced ours or was there before."""
    path = folder.path / stage
    for manager in managers.managers(repository.top):
        if manager.mark in present:
            if stage in manager.calls:
                return _Unproved(f"by {manager.name}, with what {manager.configuration.name} says", None)
            hint = f"{_INSTALL}; and add gitseal to {manager.configuration.name}"
            return Stage(stage, armed=False, how=f"{manager.name} has its own hook there", mend=hint)
    if b"gitseal hook run" in present:
        return _Unproved(f"called in {named(repository, path)}", None)
    replaced = ", which replaced gitseal's" if os.path.lexists(previous_hook(path)) else ""
    how = f"another hook is there{replaced}: {named(repository, path)}"
    return Stage(stage, armed=False, how=how, mend=_install(folder, stage))


def _in_husky(scripts: Path, folder: HooksFolder, stage: str) -> _Unproved | Stage:
    path = scripts / stage
    present = read_hook(path)
    name = f"{scripts.name}/{stage}"
    if present is None or not (script.is_ours(present) or b"gitseal hook run" in present):
        return Stage(stage, armed=False, how=f"{name} does not call gitseal", mend=_INSTALL)
    if not os.access(folder.path / stage, os.X_OK):
        return Stage(stage, armed=False, how=f'husky has not made "{folder.path / stage}"', mend="npx husky")
    is_first = script.is_ours(present) or script.has_block(present)
    return _Unproved(f"husky, {name}", folder.path / stage if is_first else None)


def _proved(repository: Repository, stage: str, place: _Unproved, made: canary.Canary) -> Stage:
    if place.file is None:
        # To try it would run other people's commands on a made-up state.
        return Stage(stage, armed=True, how=f"{place.how}; not tried, for other commands may run before it")
    running = hooks.listed(repository, stage)
    is_configured = place.file.parent.parent == hooks.own_folder(repository)
    if not place.is_alone and (f"gitseal-{stage}" if is_configured else hooks.FROM_FOLDER) not in running:
        return Stage(
            stage, armed=False, how=f"{place.how}; switched off by hook.*.enabled", mend=_look_at_settings(stage)
        )
    given = hooks.Given(made.variables, _arguments(stage, made), made.refs)
    try:
        ran = hooks.run(repository, stage, given, place.file if place.is_alone or len(running) > 1 else None)
    except Error as error:
        return Stage(stage, armed=False, how=error.message, mend=error.hint)
    if ran.status != 0 and canary.NAME in ran.output:
        return Stage(stage, armed=True, how=f"{place.how}; blocked a made-up leak")
    if ran.status != 0:
        first = next((line for line in ran.output.splitlines() if line.strip()), "without a word")
        return Stage(stage, armed=False, how=f"for another reason: {first}", mend=_INSTALL, refuses_all=True)
    return Stage(stage, armed=False, how=f"{place.how}; let a made-up leak through", mend=_INSTALL)


def _arguments(stage: str, made: canary.Canary) -> tuple[str, ...]:
    """What Git hands to a hook (githooks(5))."""
    if stage == MESSAGE:
        return (str(made.message),)
    return ("gitseal-canary", "gitseal-canary") if stage == "pre-push" else ()


def _look_at_settings(stage: str) -> str:
    return f"git hook list {stage}; git config --get-regexp '^hook[.]'"


def _install(folder: HooksFolder, stage: str) -> str:
    shared = " --shared" if folder.kind is HooksScope.SHARED else ""
    return _INSTALL + (" --server" if stage == SERVER else shared)
