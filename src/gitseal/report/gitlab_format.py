"""Findings as GitLab's code quality report (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format")."""

from collections.abc import Sequence

from gitseal.report.escaping import json_text, printable
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding
from gitseal.report.fingerprints import fingerprints

_SEVERITIES = {ERROR: "critical", WARNING: "major", NOTE: "info"}


def write(findings: Sequence[Finding]) -> str:
    """One array. Fingerprints are unique and leave line numbers out, so that a finding that moves is no new one."""
    issues = [
        {
            "description": printable(f"{finding.rule}: {finding.message}"),
            "check_name": f"gitseal/{finding.rule}",
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": printable(finding.path), "lines": {"begin": max(1, finding.line)}},
        }
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
    return json_text(issues, indent=2) + "\n"
