"""Writes an environment as the text that its consumer reads: one dialect per file, and one line for it in `DIALECTS`.

A dialect carries a value exactly or refuses it by name, and then nothing is written: a password that arrives with one
character changed is worse than none. Rendering is a function of its arguments. The callers decide which names go out, and
where the bytes go.
"""

from collections.abc import Callable, Sequence

from gitseal.errors import Error, UsageError
from gitseal.records import NamedTuple
from gitseal.render._shape import Dialect, Options, Path, RenderedEntry, Uncarried

__all__ = [
    "DIALECTS",
    "NO_OPTIONS",
    "Options",
    "Refusal",
    "Refused",
    "RenderedEntry",
    "appends",
    "masks",
    "options_of",
    "render",
    "takes_sections",
]

# A hint offers what else could carry a value in this order.
DIALECTS: dict[str, str] = {
    "dotenv": "gitseal.render.dotenv",
    "shell": "gitseal.render.shell",
    "json": "gitseal.render.json",
    "yaml": "gitseal.render.yaml",
    "toml": "gitseal.render.toml",
    "systemd": "gitseal.render.systemd",
    "compose": "gitseal.render.compose",
    "docker": "gitseal.render.docker",
    "docker-build": "gitseal.render.docker_build",
    "k8s-secret": "gitseal.render.k8s_secret",
    "github-env": "gitseal.render.github_env",
    "gitlab-dotenv": "gitseal.render.gitlab_dotenv",
    "python-dotenv": "gitseal.render.python_dotenv",
    "node-dotenv": "gitseal.render.node_dotenv",
    "node-env-file": "gitseal.render.node_env_file",
    "dotenv-expand": "gitseal.render.dotenv_expand",
    "dotenvx": "gitseal.render.dotenvx",
    "fish": "gitseal.render.fish",
    "powershell": "gitseal.render.powershell",
}

NO_OPTIONS = Options()
_SHOWN = 5
_TRIAL = Options(name="trial")  # a Secret needs a name


class Refusal(NamedTuple):
    """A name (its parts joined by `/`) that a dialect cannot carry, the reason, and the dialects that could carry it."""

    name: str
    reason: str
    carriers: tuple[str, ...]


class Refused(Error):
    """A dialect cannot carry some of the values; `refusals` has all of them, in the order of the entries."""

    def __init__(self, dialect: str, refusals: tuple[Refusal, ...], carriers: tuple[str, ...]) -> None:
        named = ", ".join(f'"{name}" has {reason}{_carried(by, carriers)}' for name, reason, by in refusals)
        super().__init__(f"{dialect} cannot carry {len(refusals)} of the values: {named}", _hint(carriers))
        self.refusals = refusals


def render(
    dialect: str, entries: Sequence[RenderedEntry], options: Options = NO_OPTIONS, *, export: bool = False
) -> bytes:
    """Write the entries, in their order, in a dialect; `export=True` sets the option of that name.

    The env-shaped dialects leave null values out and take paths of one part only. Raises Refused with every name that the
    dialect cannot carry, UsageError for an unknown dialect or a bad option, and ValueError, which is a mistake of the caller,
    for a path that is given twice or has too many parts.
    """
    try:
        return _module(dialect).render(entries, options._replace(export=True) if export else options)
    except Uncarried as uncarried:
        raise _refused(dialect, entries, uncarried.reasons) from None


def takes_sections(dialect: str) -> bool:
    """True if the dialect carries paths of more than one part. Raises UsageError for an unknown dialect."""
    return _module(dialect).SECTIONS


def options_of(dialect: str) -> tuple[str, ...]:
    """The fields of Options that change the dialect's output. Raises UsageError for an unknown dialect."""
    return getattr(_module(dialect), "OPTIONS", ())


def appends(dialect: str) -> bool:
    """True if the output belongs at the end of a file that exists. Raises UsageError for an unknown dialect."""
    return getattr(_module(dialect), "APPENDS", False)


def masks(dialect: str, entries: Sequence[RenderedEntry], is_ordinary: Callable[[bytes], bool]) -> bytes:
    """Lines to print on standard error before the output, so that a CI system masks the values; nothing for most dialects.

    Lines of values that are ordinary are not masked: a log is full of them.
    """
    of_dialect: Callable[[Sequence[RenderedEntry], Callable[[bytes], bool]], bytes] | None = getattr(
        _module(dialect), "masks", None
    )
    return b"" if of_dialect is None else of_dialect(entries, is_ordinary)


def _module(dialect: str) -> Dialect:
    if dialect not in DIALECTS:
        raise UsageError(f'there is no format "{dialect}"', "formats are: " + ", ".join(DIALECTS))
    module: Dialect = __import__(DIALECTS[dialect], fromlist=["render"])
    return module


def _refused(dialect: str, entries: Sequence[RenderedEntry], reasons: dict[Path, str]) -> Refused:
    misses = {other: _misses(other, entries) for other in DIALECTS if other != dialect}
    refusals = tuple(
        Refusal("/".join(path), reason, tuple(other for other, missed in misses.items() if path not in missed))
        for path, reason in reasons.items()
    )
    return Refused(dialect, refusals, tuple(other for other, missed in misses.items() if not missed))


def _misses(dialect: str, entries: Sequence[RenderedEntry]) -> set[Path]:
    """The paths that the dialect would not carry. It is tried, so that a hint never names a dialect that refuses as well."""
    module = _module(dialect)
    sectioned = set() if module.SECTIONS else {entry.path for entry in entries if len(entry.path) > 1}
    try:
        module.render([entry for entry in entries if entry.path not in sectioned], _TRIAL)
    except Uncarried as uncarried:
        return sectioned | set(uncarried.reasons)
    return sectioned


def _carried(by: tuple[str, ...], hinted: tuple[str, ...]) -> str:
    """The dialects that carry one value, in brackets. Nothing if the hint names the same ones for all values."""
    if not by:
        return " (no format carries it)"
    return "" if by == hinted else f" ({_some(by)} can)"


def _hint(carriers: tuple[str, ...]) -> str:
    if not carriers:
        return "no one format carries all of them: leave names out with --only"
    return f"all of them are carried by --format {_some(carriers, 'or')}"


def _some(formats: tuple[str, ...], last: str = "and") -> str:
    """The first few formats in words: nobody reads a dozen names."""
    *others, end = formats if len(formats) <= _SHOWN else (*formats[: _SHOWN - 1], f"{len(formats) - _SHOWN + 1} more")
    return f"{', '.join(others)} {last} {end}" if others else end
