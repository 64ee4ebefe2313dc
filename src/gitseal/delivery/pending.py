"""Values that wait for a member to absorb them, and are left out: what becomes of a delivery that asked for one.

One that took the place of a member's stops it: the consumer would lose a value that it had. One that is new is left out.
"""

from collections.abc import Iterable, Iterator

from gitseal.errors import shell_quoted
from gitseal.project.reading import OpenedEnvironment
from gitseal.report.sentences import sentence
from gitseal.resolve.problems import REQUIRED, Problem
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def problems(layered: OpenedEnvironment, pending: Iterable[NamePath]) -> Iterator[Problem]:
    """Those of the pending names that stop a delivery: all that are not known to be new, or that the manifest requires."""
    for path in dict.fromkeys(pending):
        is_replacement = layered.is_replacement(path)
        if is_replacement:
            reason = sentence("stands where a member's value was, and waits for a member to absorb it")
        elif _is_required(layered, path):
            reason = sentence("is required in {}, and waits for a member to absorb it", layered.environment)
        elif is_replacement is None:
            reason = sentence(
                "waits for a member to absorb it, and no history here tells whether a member's value was there"
            )
        else:
            continue
        yield Problem(path_text(path), reason, REQUIRED)


def way_out(layered: OpenedEnvironment, stored: NamePath, path: NamePath, *, has_except: bool) -> str:
    """What to do about a pending name that stops a delivery; `path` is what it would have gone out as.

    `has_except`: the command has an option that leaves names out.
    """
    name, environment = path_text(stored), layered.environment
    absorbing = (
        f"see who set it: gitseal log {shell_quoted(name)} -e {environment};"
        f" then a member runs: gitseal absorb {shell_quoted(name)} -e {environment}"
    )
    if not has_except or _is_required(layered, stored):
        return absorbing
    return f"{absorbing}; to go on without it, add: --except {shell_quoted(path_text(path))}"


def _is_required(layered: OpenedEnvironment, path: NamePath) -> bool:
    declaration = layered.project.manifest.secrets.get(path)
    return declaration is not None and declaration.is_required(layered.environment)
