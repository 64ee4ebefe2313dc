"""What findings of keys, tokens and the team's values say, and what they advise. None says a value."""

from collections.abc import Mapping

from gitseal.report.findings import Finding
from gitseal.scan import private_keys, tokens
from gitseal.scan.env_files import allow_hint, shell_quoted

# A value may stand in a million lines; looking ends before.
MOST_LINES = 50
_SHOWN_OWNERS = 2
Owners = tuple[tuple[str, str], ...]


def of_key(path: str, line: int, what: str) -> Finding:
    """A private key."""
    hint = f"git rm --cached {shell_quoted(path)}; one that is no secret: {allow_hint(path)}"
    return Finding(private_keys.RULE, path, line, f"{what} stands here", hint)


def of_token(path: str, line: int, what: str) -> Finding:
    """A token."""
    hint = (
        'gitseal set NAME, and read it from the environment; one that is no secret: "gitseal: allow REASON" on its line'
    )
    return Finding(tokens.RULE, path, line, f"{what} stands here", hint)


def of_team(path: str, places: Mapping[Owners, set[int]]) -> list[Finding]:
    """The team's values: one finding for each, at its first line, however often it stands there."""
    from gitseal.scan.team import RULE

    merged: dict[Owners, set[int]] = {}
    for owners, lines in places.items():
        merged.setdefault(owners, set()).update(lines)
    return [Finding(RULE, path, min(lines), _of_value(owners, lines), _VALUE_HINT) for owners, lines in merged.items()]


_VALUE_HINT = (
    "read it from the environment where it is needed; if it is no secret, a rule with plain: true in the policy says so"
)


def _of_value(owners: Owners, lines: set[int]) -> str:
    shown = [f'"{name}" of {environment}' for environment, name in owners[:_SHOWN_OWNERS]]
    more = len(owners) - len(shown)
    whose = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    again = f", and in {min(len(lines), MOST_LINES) - 1} more lines" if len(lines) > 1 else ""
    return f"the value of {whose} stands here{again}"
