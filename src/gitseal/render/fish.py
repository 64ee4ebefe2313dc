"""`fish`: `set -gx` for the fish shell, to be sourced."""

from collections.abc import Sequence

from gitseal.render._env import records
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False

# fish's own, read-only or computed: to set one is an error or does nothing.
_OWN_NAMES = (
    "FISH_VERSION PWD SHLVL _ fish_kill_signal fish_killring fish_pid history hostname pipestatus status status_generation "
    "umask version"
)
_OWN = frozenset(_OWN_NAMES.split())


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One command for each entry, which may span lines. Raises as `_env.records` does."""
    return records(entries, record)


def record(name: str, text: str) -> str:
    r"""One command. In single quotes fish knows the escapes `\\` and `\'`. Raises CannotCarry for fish's own names."""
    if name in _OWN:
        raise CannotCarry("a name that fish keeps for itself")
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{quoted}'\n"
