"""Fingerprints, by which forges know a finding again in the next run."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from gitseal.report.findings import Finding


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """One for each, all different: made of rule, path and message, and of a count among findings that have all three in common.

    Lines and commits are left out, so that a finding that moves stays the same. Messages hold no values, so neither do these.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        alike = (finding.rule, finding.path, finding.message)
        text = "\0".join((*alike, str(seen[alike])))
        seen[alike] += 1
        yield sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
