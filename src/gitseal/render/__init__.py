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
    "remarks",
    "render",
    "takes_revisions",
    "takes_sections",
]

DIALECTS: dict[str, str] = {
    "dotenv": "gitseal.render.dotenv",
    "dotenv-line": "gitseal.render.dotenv_line",
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
    "terraform": "gitseal.render.terraform",
    "helm": "gitseal.render.helm",
}

# What may serve instead of a dialect: the readers that somebody may have who asked for it, the likeliest first. A file for a
# shell helps nobody who wants a Secret, so most dialects have nothing here.
_KIN: dict[str, tuple[str, ...]] = {
    "dotenv": ("compose", "python-dotenv", "node-dotenv", "dotenv-expand", "node-env-file", "systemd", "shell"),
    "dotenv-line": ("dotenv", "compose", "python-dotenv", "node-dotenv", "systemd"),
    "docker": ("compose",),
    "node-dotenv": ("dotenvx", "dotenv-expand", "node-env-file"),
    "node-env-file": ("node-dotenv", "dotenvx"),
    "dotenv-expand": ("node-dotenv", "node-env-file"),
    "dotenvx": ("node-dotenv", "node-env-file"),
    "json": ("yaml", "toml"),
    "yaml": ("json", "toml"),
    "toml": ("yaml", "json"),
}

NO_OPTIONS = Options()


class Refusal(NamedTuple):
    """A name (its parts joined by `/`) that a dialect cannot carry, and the reason, which completes "it has ..."."""

    name: str
    reason: str


class Refused(Error):
    """A dialect cannot carry some of the values.

    `refusals` has all of them, in the order of the entries. `alternatives` are the dialects that carry every value and may
    serve instead.
    """

    def __init__(self, dialect: str, refusals: tuple[Refusal, ...], alternatives: tuple[str, ...]) -> None:
        names_of: dict[str, list[str]] = {}
        for name, reason in refusals:
            names_of.setdefault(reason, []).append(f'"{name}"')
        told = "; ".join(
            f"{', '.join(names)} {'has' if len(names) == 1 else 'have'} {reason}" for reason, names in names_of.items()
        )
        super().__init__(f"{dialect} cannot carry this exactly: {told}", _hint(refusals, alternatives))
        self.refusals = refusals
        self.alternatives = alternatives


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


def takes_revisions(dialect: str) -> bool:
    """True if the dialect writes `Options.revisions`. Raises UsageError for an unknown dialect."""
    return getattr(_module(dialect), "REVISIONS", False)


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


def remarks(dialect: str, entries: Sequence[RenderedEntry]) -> tuple[str, ...]:
    """Sentences for a person about what the dialect carries and its reader may not expect. Call it after `render`."""
    of_dialect: Callable[[Sequence[RenderedEntry]], tuple[str, ...]] | None = getattr(_module(dialect), "remarks", None)
    return () if of_dialect is None else of_dialect(entries)


def _module(dialect: str) -> Dialect:
    if dialect not in DIALECTS:
        raise UsageError(f'there is no format "{dialect}"', "formats are: " + ", ".join(DIALECTS))
    module: Dialect = __import__(DIALECTS[dialect], fromlist=["render"])
    return module


def _refused(dialect: str, entries: Sequence[RenderedEntry], reasons: dict[Path, str]) -> Refused:
    refusals = tuple(Refusal("/".join(path), reason) for path, reason in reasons.items())
    return Refused(dialect, refusals, tuple(other for other in _KIN.get(dialect, ()) if _carries(other, entries)))


def _carries(dialect: str, entries: Sequence[RenderedEntry]) -> bool:
    """True if the dialect carries all of it. It is tried, so that a hint never names one that refuses as well."""
    try:
        _module(dialect).render(entries, NO_OPTIONS)
    except Uncarried:
        return False
    return True


def _hint(refusals: Sequence[Refusal], alternatives: tuple[str, ...]) -> str:
    if alternatives:
        *others, last = alternatives
        return f"if one of these is what reads it: --format {', '.join(others)}{' or ' if others else ''}{last}"
    from shlex import quote

    return "leave out what this reader cannot have: " + " ".join(
        f"--except {quote(refusal.name)}" for refusal in refusals
    )
