"""Git's drivers for sealed files, in the local configuration of a clone: what `git diff` shows, and how `git merge` merges.

`.gitattributes` names them and is committed; the commands cannot be (gitattributes(5)). Both are lines of POSIX sh that do
without gitseal if it is gone: the file as it is, and Git's own merge of lines.

A rebase of many commits starts the driver for each. So a line names the interpreter if the program is a launcher as pip
writes it: that one imports `re`, which takes longer than the merge. `-P` keeps the working directory off the import path: a
repository may hold a `gitseal.py`. `git log --patch` and `git blame` show each version of a file by a program of its own, so
there the interpreter runs one file and loads nothing else; gitseal as a whole does the same if that file or the interpreter
is gone.
"""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from gitseal.arming.script import python_of
from gitseal.git import settings
from gitseal.git.merging import DRIVER_CONFLICT
from gitseal.git.repository import Repository

TEXTCONV, _NAME, _DRIVER, _CACHE = (
    "diff.gitseal.textconv",
    "merge.gitseal.name",
    "merge.gitseal.driver",
    "diff.gitseal.cachetextconv",
)
_WORDS = "sealed files, name by name (gitseal)"
_CACHE_REF = "refs/notes/textconv/gitseal"
# Both define `r`: gitseal with the words that follow.
_RUN = 'g={program}; r() {{ if [ -x "$g" ]; then "$g" "$@"; else gitseal "$@"; fi; }}; '
_RUN_BY_PYTHON = (
    'g={program}; p={python}; r() {{ if [ -x "$g" ] && [ -x "$p" ]; '
    'then "$p" -P -c "from gitseal.cli import run; run()" "$@"; else gitseal "$@"; fi; }}; '
)
_SHOW = 'f() {{ {run}{alone}r driver textconv "$1" 2>/dev/null || cat "$1"; }}; f'
# `-I -S`: neither the working directory, nor a variable, nor a file of the interpreter's environment adds a module.
_ALONE = 's={summary}; [ -x "$p" ] && [ -f "$s" ] && "$p" -I -S "$s" "$1" 2>/dev/null || '
# %S, %X and %Y are known from Git 2.44 on; an older one hands them over as they stand here.
_MERGE = (
    'f() {{ {run}r driver merge "$@"; s=$?; case $s in 0|{conflict}) return $s;; esac; '
    'echo "gitseal: the merge driver failed; Git merges the lines of $5" >&2; '
    'git merge-file --marker-size="$4" "$2" "$1" "$3"; s=$?; [ $s -le 127 ] && return $s; '
    'c=$(cat "$2" && echo .) && {{ echo "<<<<<<<"; echo "${{c%%.}}"; echo "======="; cat "$3"; echo; echo ">>>>>>>"; }} >"$2"; '
    "return 1; }}; f %O %A %B %L %P %S %X %Y"
)
_QUOTED = r"('(?:[^']|'\"'\"')*'|[^ ;]*)"
_PROGRAM = re.compile(rf"g={_QUOTED}; (?:p={_QUOTED}; )?(?:.*? s={_QUOTED}; )?")


class DriverState(NamedTuple):
    """The drivers in a clone's configuration: what is missing of them, and a program that is gone.

    `missing`: settings that are not there or not as `install` writes them. `gone`: a program, interpreter or file of gitseal's
    that they name and that is not there any more; what is on PATH serves then. `caching`: where Git is told to keep what
    `git diff` shows, as `SCOPE FILE`. `is_cached`: such a cache is there.
    """

    missing: tuple[str, ...]
    gone: str
    caching: tuple[str, ...]
    is_cached: bool

    @property
    def is_armed(self) -> bool:
        """True if all is as `install` leaves it."""
        return self == DriverState((), "", (), is_cached=False)


class Programs(NamedTuple):
    """The commands of the settings. `gitseal`: the program, absolute; None leaves it to PATH.

    `python` runs it, and alone the file `summary`, if both are given.
    """

    gitseal: Path | None = None
    python: Path | None = None
    summary: Path | None = None


def wanted(programs: Programs) -> dict[str, str]:
    """The settings, by key."""
    program, python, summary = (shlex.quote(str(path)) if path is not None else "" for path in programs)
    run = (_RUN_BY_PYTHON if python else _RUN).format(program=program, python=python)
    merge_run = run.replace("%", "%%")  # Git would take it for one of its own
    return {
        # Somebody's own `true` in another file would keep what is shown as objects that are pushed and never go.
        _CACHE: "false",
        TEXTCONV: _SHOW.format(run=run, alone=_ALONE.format(summary=summary) if python and summary else ""),
        # Before the name: a driver with a name and no command is fatal to every merge (Git 2.39).
        _DRIVER: _MERGE.format(run=merge_run, conflict=DRIVER_CONFLICT),
        _NAME: _WORDS,
    }


def started(program: Path | None) -> Programs:
    """The commands of this gitseal's settings; it is the program at that path; None leaves it to PATH."""
    python = python_of(program) if program is not None else None
    return Programs(program, python, _summary() if python is not None else None)


def install(repository: Repository, program: Path | None) -> tuple[str, ...]:
    """Writes the settings that are not there yet, and says which. Raises Error if Git cannot."""
    lines = wanted(started(program))
    changed = tuple(key for key, value in lines.items() if settings.local(repository.top, key) != (value,))
    for key in changed:
        settings.write(repository.top, key, lines[key])
    return changed


def uninstall(repository: Repository) -> tuple[str, ...]:
    """Takes the settings away again, and says which there were."""
    present = tuple(key for key in reversed(wanted(Programs())) if settings.local(repository.top, key))
    for key in present:
        settings.remove(repository.top, key)
    return present


def state(repository: Repository) -> DriverState:
    """The drivers as Git has them, whichever program they start. Raises Error if Git does not say."""
    values = settings.effective(repository.top, (TEXTCONV, _NAME, _DRIVER, _CACHE))
    named = _PROGRAM.search(values[TEXTCONV].value) if TEXTCONV in values else None
    words = named.groups() if named else ()
    programs = Programs(*(Path(shlex.split(word)[0]) if word else None for word in words))
    if programs.python is not None and programs.summary is None:  # an older gitseal armed this clone
        programs = programs._replace(summary=_summary())
    expected = wanted(programs)
    missing = [key for key in (TEXTCONV, _NAME, _DRIVER) if key not in values or values[key].value != expected[key]]
    cache = values.get(_CACHE)
    is_caching = cache is not None and cache.value.lower() not in {"false", "no", "off", "0", ""}
    return DriverState(
        tuple(missing),
        next((str(path) for path in programs if path is not None and not path.exists()), ""),
        (cache.place,) if cache is not None and is_caching else (),
        is_cached=settings.has_ref(repository.top, _CACHE_REF),
    )


def _summary() -> Path | None:
    """The file that shows a sealed file by itself; None if gitseal is no folder of files, as in a zip."""
    from gitseal.document import summary

    path = Path(summary.__file__)
    return path if path.is_file() and path.suffix == ".py" else None
