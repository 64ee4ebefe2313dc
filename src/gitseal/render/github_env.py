"""`github-env`: what a step of a GitHub workflow appends to `$GITHUB_ENV`, and the masks that it prints before.

Values always stand between two lines of a delimiter. It is drawn anew for each of them: whoever could guess it could put
further variables into a value. The reader is actions/runner, src/Runner.Worker/FileCommandManager.cs; the masks are read
by src/Runner.Common/ActionCommand.cs.
"""

import os
from collections.abc import Sequence

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
    """The lines of one variable. Raises CannotCarry for names that the runner does not take from a step."""
    if name.upper() == "NODE_OPTIONS":
        raise CannotCarry("a name that the runner refuses to set")
    if name in _FIXED:
        raise CannotCarry("a name that the runner sets itself for every step")
    delimiter = "ghadelimiter_" + os.urandom(16).hex()
    return f"{name}<<{delimiter}\n{text}\n{delimiter}\n"


def masks(entries: Sequence[RenderedEntry]) -> bytes:
    """A line `::add-mask::` for each line of each sealed value, once; the runner keeps them out of its log from then on.

    It compares line by line, so a value of several lines needs a mask for each. Blank lines get none: the runner
    refuses them. What is plain is not masked, or every `info` would be starred out.
    """
    lines: dict[str, None] = {}
    for entry in entries:
        if entry.sealed and entry.value.kind is not ValueType.NULL:
            lines.update(dict.fromkeys(_lines(entry.value.reveal())))
    return "".join(f"::add-mask::{line}\n" for line in lines).encode()


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "replace")  # what is no text is refused by `render` and only has to do no harm here
    escaped = text.replace("%", "%25").replace("\r", "%0D")
    return [line for line in escaped.split("\n") if line.replace("%0D", "").strip()]
