"""One traversal of one blob: every rule that is a function of its path and its bytes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gitseal.report.findings import Finding
from gitseal.scan.rules import Rules

if TYPE_CHECKING:
    from gitseal.scan.team import Team


def look(path: bytes, mode: int, chunks: Iterable[bytes], rules: Rules, team: "Team | None" = None) -> list[Finding]:
    """What must not be committed in one blob, by line.

    `path` is Git's own bytes, relative to the repository's top; `mode` is Git's (0o100644, 0o120000 ...), `chunks` the
    blob's content, cut anywhere: the cuts change nothing. Lines that a pragma allows are left out; what allow.yaml allows is
    the caller's to take away. No finding holds a value. Memory is bounded whatever the blob's size.
    """
    raise NotImplementedError
