"""What a look for plaintext gives. It stands alone: a hook that looks at a message does not load the look at files."""

from gitseal.records import NamedTuple
from gitseal.report.findings import Finding


class Scanned(NamedTuple):
    """Findings in the order of the files, the number of files, and notes for the person.

    `unseen` are notes about what could not be looked into, for whoever asked for a scan; `commits` is how many there were.
    """

    findings: list[Finding]
    files: int
    notes: tuple[str, ...] = ()
    unseen: tuple[Finding, ...] = ()
    commits: int = 0
