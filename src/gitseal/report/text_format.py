"""Findings for people: one line each, and below it the command that mends it."""

from collections.abc import Sequence

from gitseal.report.escaping import line
from gitseal.report.findings import Finding


def write(findings: Sequence[Finding]) -> str:
    """`path:line: rule: message`, then the hint, indented. Findings in a row with one hint have it once, after the last."""
    lines: list[str] = []
    for number, finding in enumerate(findings):
        lines.append(line(finding.as_text()))
        following = findings[number + 1].hint if number + 1 < len(findings) else ""
        if finding.hint and finding.hint != following:
            lines.append(line(f"  {finding.hint}"))
    return "".join(f"{one}\n" for one in lines)
