"""Findings as SARIF 2.1.0 (OASIS), as GitHub's code scanning and others read it."""

from collections.abc import Sequence
from importlib.metadata import version

from gitseal.report.escaping import json_text, printable, uri
from gitseal.report.findings import Finding
from gitseal.report.fingerprints import fingerprints

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# SARIF's words are ours: error, warning, note.
_FINGERPRINT = "gitseal/v1"


def write(findings: Sequence[Finding], notes: Sequence[Finding] = ()) -> str:
    """One run. Rules are listed by their ids, which are stable; a finding without a line stands at line 1.

    `notes` are notifications of the run (SARIF 3.20.21): no results, so that code scanning does not list them.
    """
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    driver = {
        "name": "gitseal",
        "semanticVersion": version("gitseal"),
        "rules": [{"id": rule, "shortDescription": {"text": rule.replace("-", " ")}} for rule in rules],
    }
    results = [
        _result(finding, rules.index(finding.rule), fingerprint)
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
    run: dict[str, object] = {"tool": {"driver": driver}, "results": results}
    if notes:
        told = [
            {"level": note.severity, "message": {"text": f"{note.rule}: {printable(note.message)}"}} for note in notes
        ]
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": told}]
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(log, indent=2) + "\n"


def _result(finding: Finding, rule: int, fingerprint: str) -> dict[str, object]:
    words = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    place = {
        "artifactLocation": {"uri": uri(finding.path), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": max(1, finding.line)},
    }
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": "\n".join(map(printable, words.split("\n")))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }
    if finding.commit:
        result["properties"] = {"commit": finding.commit}
    return result
