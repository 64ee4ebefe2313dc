"""Findings for people: a line each, and the command that mends it below."""

from collections.abc import Sequence

from gitseal.report.findings import Finding


def write(findings: Sequence[Finding]) -> str:
    """`path:line: rule: message`, and the hint on the next line."""
    return "".join(f"{each.as_text()}\n" + (f"  {each.hint}\n" if each.hint else "") for each in findings)
