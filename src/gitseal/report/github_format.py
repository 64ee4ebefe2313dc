"""Findings as workflow commands of GitHub Actions, which shows them as annotations at their lines.

GitHub keeps 10 errors, 10 warnings and 10 notices of a step and drops the rest without a word: this is for a glance,
SARIF for all.
"""

from collections.abc import Sequence

from gitseal.report.escaping import printable
from gitseal.report.findings import NOTE, Finding


def write(findings: Sequence[Finding]) -> str:
    """One command a line, escaped as actions/toolkit does (packages/core/src/command.ts)."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    properties = {"file": finding.path, "line": str(max(1, finding.line)), "title": f"gitseal: {finding.rule}"}
    written = ",".join(f"{name}={_property(printable(text))}" for name, text in properties.items())
    level = "notice" if finding.severity == NOTE else finding.severity
    lines = [finding.message, *([f"commit {finding.commit}"] if finding.commit else []), *filter(None, [finding.hint])]
    return f"::{level} {written}::{data(chr(10).join(map(printable, lines)))}"


def data(text: str) -> str:
    """A text as the data of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
