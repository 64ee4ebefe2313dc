"""The ways in which findings are written down: one file a format, and one line in this table."""

from collections.abc import Sequence
from importlib import import_module

from gitseal.report.findings import Finding

# Each name is that of a module of this package with a function `write(findings) -> str`, loaded when it is asked for.
FORMATS = {
    "text": "lines for people",
    "json": "one array of objects",
    "sarif": "SARIF 2.1.0, for code scanning",
    "github": "workflow commands that GitHub Actions shows as annotations",
    "gitlab": "GitLab's code quality report",
}


_WITH_NOTES = ("json", "sarif")


def write(findings: Sequence[Finding], form: str, notes: Sequence[Finding] = ()) -> str:
    """The findings in a format of the table, ending in a line end; nothing for no findings in `text` and `github`.

    `notes` say what the answer does not cover: formats that programs read carry them, for whoever sees no standard error.

    Whatever in them could steer a terminal or a workflow (control characters, line ends, `::`, characters that
    reverse text) is escaped: paths come from whoever commits. Raises KeyError for another format.
    """
    if form not in FORMATS:
        raise KeyError(form)
    module = import_module(f"gitseal.report.{form}_format")
    text: str = module.write(findings, notes) if form in _WITH_NOTES else module.write(findings)
    return text
