"""People who open an environment by a branch that is not merged: told by `check` and `review`, in the words of `rekey`."""

import os
from collections.abc import Iterable
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git.repository import Repository
from gitseal.git.versions import elsewhere
from gitseal.project.project import Project
from gitseal.report.findings import NOTE, Finding, FindingRule
from gitseal.report.sentences import Sentence, literal, sentence

# A note, so that it stops no pipeline: it is about the branches that were fetched into this clone, not about the state or the
# range that is judged. The same commit must pass in one clone as it does in another.
UNMERGED_ACCESS = FindingRule(
    "unmerged-access", NOTE, "a branch that is not merged lets somebody open an access group as it is now"
)


class Claims(NamedTuple):
    """Findings, and a sentence that says why nothing could be looked at, if so."""

    findings: tuple[Finding, ...] = ()
    notes: tuple[Sentence, ...] = ()


def claims(project: Project, environments: Iterable[str]) -> Claims:
    """Looks at every ref of this clone for stanzas of these environments' data keys. Needs no identity, and never raises."""
    if project.repository is None:
        return Claims()
    try:
        versions = elsewhere(project.repository)
        if not versions and not _remembers_claims(project.repository):
            return Claims()
        from gitseal.project.belief import losses  # with JSON and pathlib, a third of a small project's `check`

        # Nobody opens what the policy does not list; that it is there at all is a finding of its own.
        known = [environment for environment in environments if environment in project.policy.environments]
        claimed = losses.claims(project, known, versions)
    except Error as error:
        return Claims(
            (), (sentence("who opens what by a branch that is not merged: not looked at: {}", literal(error.message)),)
        )
    return Claims(
        tuple(
            UNMERGED_ACCESS.at(project.relative(project.file(claim.environment)), 0, claim.words) for claim in claimed
        )
    )


def _remembers_claims(repository: Repository) -> bool:
    """True if this clone may remember claims. No JSON is read for that."""
    try:
        remembered = read_regular(os.path.join(repository.common_folder(), "gitseal", "known"))
    except FileNotFoundError:
        remembered = b"{}"
    # A file that is cut short or no JSON at all is for those to refuse who read it.
    return b'"claims"' in remembered or not (remembered.startswith(b"{") and remembered.rstrip().endswith(b"}"))
