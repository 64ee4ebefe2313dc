"""The programs that this machine's settings name, or a cloud's library starts: no relative word of theirs means a committed file.

A command can be spelt in more ways than anybody can judge (`sh -c "tools/creds.sh"`, `python3 -m tools.creds`), so none is judged
by its spelling. They start outside of the repository, with no way into it on PATH, and without our identities.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from gitseal.variables import for_child

FOLDER = "/"
"""Where these programs start."""

_is_confined: ContextVar[bool] = ContextVar("is_confined", default=False)
# Lists of folders in which a program, or a language that it is written in, looks for code.
_LISTS = ("PATH", "PYTHONPATH", "NODE_PATH", "PERL5LIB", "RUBYLIB")


def start(words: Sequence[str], **how: Any) -> "subprocess.Popen[Any]":  # noqa: ANN401 - as Popen has it
    """Starts a program. `how` is as for Popen; its folder is ours."""
    return subprocess.Popen(_words(words), **_ours(how))


def located(program: str) -> str:
    """The program's path, if PATH has it; folders of PATH that count from the current one are left out. Otherwise as given."""
    folders = (folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder.startswith("/"))
    return program if "/" in program else shutil.which(program, path=os.pathsep.join(folders)) or program


def confining(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables to replace, so that no word that a program is given leads into the repository of the current folder."""
    top = _top()
    lists = {
        name: os.pathsep.join(
            one for one in environ[name].split(os.pathsep) if one.startswith("/") and not _is_in(one, top)
        )
        for name in _LISTS
        if name in environ
    }
    return lists | {"PWD": FOLDER, "OLDPWD": FOLDER}


@contextmanager
def confined(*libraries: str) -> Iterator[None]:
    """Has whatever these libraries start within the block, in this thread, start as the programs here do.

    They have no place where one could say so. Whoever uses the same library in this process elsewhere notices nothing.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(libraries) and getattr(module, "subprocess", None) is subprocess:
            module.subprocess = _STAND_IN  # type: ignore[attr-defined] # a module's attribute
    token = _is_confined.set(True)
    try:
        yield
    finally:
        _is_confined.reset(token)


class _StandIn:
    """`subprocess`, as a library sees it."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is there
        own = getattr(subprocess, name)
        if name not in {"Popen", "run", "check_output"}:
            return own

        def call(words: Sequence[str], **how: Any) -> Any:  # noqa: ANN401 - those of the library
            return own(_words(words), **_ours(how)) if _is_confined.get() else own(words, **how)

        return call


_STAND_IN = _StandIn()


def _ours(how: dict[str, Any]) -> dict[str, Any]:
    environ = {os.fsdecode(name): os.fsdecode(text) for name, text in for_child(os.environb).items()}
    # What the library adds, or takes from somewhere else, may be an identity of ours again.
    given = how.get("env") or {}
    added = {name: text for name, text in given.items() if os.environ.get(name) != text}
    environ |= added
    return how | {"cwd": FOLDER, "env": environ | confining(environ)}


def _words(words: Sequence[str]) -> list[str]:
    return [located(words[0]), *words[1:]]


def _top() -> Path | None:
    """The top of the working tree that we are in."""
    folder = Path.cwd().resolve()
    return next((one for one in (folder, *folder.parents) if os.path.lexists(one / ".git")), None)


def _is_in(path: str, top: Path | None) -> bool:
    """True for a folder below the top, for a link that leads to one, and for a link that lies there: a commit may have it."""
    return top is not None and any(
        one.is_relative_to(top) for one in (Path(os.path.normpath(path)), Path(path).resolve())
    )
