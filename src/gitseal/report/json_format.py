"""Findings as one JSON array."""

from collections.abc import Sequence

from gitseal.report.escaping import json_text, printable
from gitseal.report.findings import Finding


def write(findings: Sequence[Finding], notes: Sequence[Finding] = ()) -> str:
    r"""An object a finding, then one a note, with the fields of `Finding`. Bytes of a path that are no UTF-8 stand as `\xff`."""
    return json_text([_readable(finding) for finding in (*findings, *notes)], indent=2) + "\n"


def _readable(finding: Finding) -> dict[str, str | int]:
    return {
        **finding.fields(),
        "path": printable(finding.path),
        "message": printable(finding.message),
        "hint": printable(finding.hint),
    }
