"""What stands against an edit of a value: those refusals of docs/format.md, section 7, that are about values.

A name that is none, a value in another access group than the policy's, a sealed name that a rule would make plain, a
member's value that one would replace that nobody reads.
"""

from gitseal.crypto.token_kinds import SEALED
from gitseal.document.document import Document, Entry
from gitseal.document.header import HEADER
from gitseal.errors import Error, NotForYou, shell_quoted
from gitseal.policy.unread_values import asks_to_replace
from gitseal.project.hiding import hides_a_members
from gitseal.project.project import Project
from gitseal.yamltext import scalars
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def check_place(document: Document, path: NamePath) -> None:
    """Raises Error if no value can stand at a path of the document."""
    environment = document.header.environment
    for part in path:
        if not scalars.is_name(part):
            raise Error(
                f'"{path_text(path)}" cannot be a name',
                "a name begins with a letter or _, then letters, digits, _, . and -",
            )
    if path[0] == HEADER:
        raise Error(f'"{HEADER}" is the header of the file, not a name', "choose another name")
    if path not in document.entries and document.has(path):
        name = path_text(path)
        raise Error(
            f'"{name}" is a section of {environment}, and cannot be a value too',
            f"see what it holds: gitseal list -e {environment} {shell_quoted(name)}",
        )


def check_group(environment: str, entry: Entry | None, group: str) -> None:
    """Raises Error if a stored value is sealed to another access group than the policy gives its name."""
    if entry is not None and entry.token is not None and entry.token.group != group:
        raise Error(
            f'"{entry.name}" is sealed to access group "{entry.token.group}", and the policy now says "{group}"',
            f"bring the file to the policy: gitseal rekey -e {environment}",
        )


def would_unseal(environment: str, path: NamePath) -> Error:
    """The error for a sealed name that a rule would make plain."""
    name = path_text(path)
    return Error(
        f'"{name}" is sealed, and a rule would now make it plain',
        f"if that is right: gitseal unseal {shell_quoted(name)} -e {environment}",
    )


def cannot_absorb(name: str) -> NotForYou:
    """The error for a write-only value that its taker cannot open."""
    return NotForYou(f'"{name}" is in an access group that you cannot open, so you cannot take it over')


def check_replacing(project: Project, document: Document, path: NamePath) -> None:
    """Raises Error if a write-only value at `path` would take the place of a member's that is replaced only on demand.

    The deploy would lose the member's value, and whoever writes this one may not know that there is another.
    """
    environment, policy = document.header.environment, project.policy
    if not asks_to_replace(policy, environment):
        return
    entry = document.entries.get(path)
    if entry is None:
        farther = ((name, project.read(name)) for name in policy.chain(environment)[1:] if name in project.environments)
        is_members = hides_a_members(policy, farther, path)
    else:
        is_members = entry.token is not None and entry.token.kind == SEALED
    if is_members:
        name = path_text(path)
        raise Error(
            f'"{name}" in {environment} has a member\'s value: if you replace it by one that you cannot read, deploys stop'
            " until a member absorbs it",
            f"if that is meant, add --replace: gitseal set {shell_quoted(name)} -e {environment} --replace",
        )
