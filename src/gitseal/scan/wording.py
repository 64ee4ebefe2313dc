"""What findings of keys, tokens and the team's values say, and what they advise. None says a value."""

from collections.abc import Iterator, Sequence

from gitseal.report.findings import Finding
from gitseal.scan import private_keys, tokens
from gitseal.scan.env_files import allow_hint, shell_quoted

_SHOWN_OWNERS = 2
Owners = tuple[tuple[str, str], ...]
_HINTS = {
    private_keys.RULE: "git rm --cached {path}; one that is no secret: {allow}",
    tokens.RULE: 'gitseal set NAME, and read it from the environment; one that is no secret: "gitseal: allow REASON" on its line',
}
_VALUE_HINT = (
    "read it from the environment where it is needed; if it is no secret, a rule with plain: true in the policy says so"
)


def of(path: str, thing: str | Owners, lines: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """The findings of one rule, or of one of the team's values, given its owners, at some lines.

    A rule's are one for each line. A value's is one, at its first line, however often it stands there.
    """
    if isinstance(thing, str):
        hint = _HINTS[thing].format(path=shell_quoted(path), allow=allow_hint(path))
        for line, what in lines:
            yield Finding(thing, path, line, f"{what} stands here", hint)
        return
    from gitseal.scan.team import RULE

    yield Finding(RULE, path, lines[0][0], _of_value(thing, len(lines)), _VALUE_HINT)


def _of_value(owners: Owners, lines: int) -> str:
    shown = [f'"{name}" of {environment}' for environment, name in owners[:_SHOWN_OWNERS]]
    more = len(owners) - len(shown)
    whose = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    again = f", and in {lines - 1} more lines" if lines > 1 else ""
    return f"the value of {whose} stands here{again}"
