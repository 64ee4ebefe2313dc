"""`github-env`: lines for a step of a GitHub workflow to append to `$GITHUB_ENV`, and masks to print before that.

Every value stands between two lines of a delimiter. Each value gets a random one: whoever could guess it could set further
variables from inside a value. The file is read by actions/runner, src/Runner.Worker/FileCommandManager.cs, the masks by
src/Runner.Common/ActionCommand.cs.
"""

import os
from collections.abc import Callable, Sequence

from gitseal.document.value import ValueType
from gitseal.render._env import records
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False
APPENDS = True

# The runner sets these itself for every step (GitHubContext.cs, RunnerContext.cs), over whatever the file says.
_GITHUB = (
    "ACTION ACTION_PATH ACTION_REF ACTION_REPOSITORY ACTOR ACTOR_ID API_URL BASE_REF ENV EVENT_NAME EVENT_PATH "
    "GRAPHQL_URL HEAD_REF JOB OUTPUT PATH REF REF_NAME REF_PROTECTED REF_TYPE REPOSITORY REPOSITORY_ID "
    "REPOSITORY_OWNER REPOSITORY_OWNER_ID RETENTION_DAYS RUN_ATTEMPT RUN_ID RUN_NUMBER SERVER_URL SHA STATE "
    "STEP_SUMMARY TRIGGERING_ACTOR WORKFLOW WORKFLOW_REF WORKFLOW_SHA WORKSPACE"
)
_RUNNER = "ARCH DEBUG ENVIRONMENT NAME OS TEMP TOOL_CACHE WORKSPACE"
_FIXED = frozenset([f"GITHUB_{name}" for name in _GITHUB.split()] + [f"RUNNER_{name}" for name in _RUNNER.split()])


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """Three lines or more for each entry. Raises as `_env.records` does."""
    return records(entries, record)


def record(name: str, text: str) -> str:
    """The lines of one variable. Raises CannotCarry for names that the runner takes from no step."""
    if name.upper() == "NODE_OPTIONS":
        raise CannotCarry("a name that the runner refuses to set")
    if name in _FIXED:
        raise CannotCarry("a name that the runner sets itself for every step")
    delimiter = "ghadelimiter_" + os.urandom(16).hex()
    return f"{name}<<{delimiter}\n{text}\n{delimiter}\n"


def masks(entries: Sequence[RenderedEntry], is_ordinary: Callable[[bytes], bool]) -> bytes:
    """One line `::add-mask::` for each line of each sealed value: from then on the runner keeps that out of its log.

    The runner compares line by line, so each line of a value needs a mask. Ordinary lines (`{`, `true`) get none, and plain
    values neither: stars would stand in place of every `info` in the log.
    """
    lines: dict[str, None] = {}
    for entry in entries:
        if entry.sealed and entry.value.kind is not ValueType.NULL:
            content = entry.value.reveal()
            lines.update({_escaped(line): None for line in content.split(b"\n") if not is_ordinary(line.strip())})
    return "".join(f"::add-mask::{line}\n" for line in lines).encode()


def _escaped(line: bytes) -> str:
    text = line.decode("utf-8", "replace")  # what is no text is refused by `render` and only has to do no harm here
    return text.replace("%", "%25").replace("\r", "%0D")
