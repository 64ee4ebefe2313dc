"""`set`: values into one or several environments, all or none."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from gitseal.document.generated import generate
from gitseal.document.value import TypedValue, text
from gitseal.errors import Error, Unconfirmed
from gitseal.policy.policy import Policy
from gitseal.policy.unread_values import waits_in
from gitseal.project.names import missing
from gitseal.project.project import Project
from gitseal.project.reach import Reach, reach
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.companions import set_generated
from gitseal.sealing.writing import change, preview
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def set_values(
    workspace: Workspace,
    environments: Sequence[str],
    values: Mapping[NamePath, TypedValue],
    *,
    generated: Mapping[NamePath, str] = MappingProxyType({}),
    plain: bool = False,
    create_only: bool = False,
    update_only: bool = False,
) -> list[SetResult]:
    """Sets every value in every environment. Equal values are left as they are.

    `generated` has names with a kind of random value, made for each environment: whoever opens one must not know another's.
    The public half of a key pair goes into `NAME_PUBLIC`.
    Raises Error, with nothing written, if a name exists under `create_only` or is missing under `update_only`, and whatever
    `Change.put` and `set_generated` refuse; Unconfirmed if a person has to confirm a key or recipient first.
    """

    def action(edit: Change) -> list[SetResult]:
        done = []
        made = {path: generate(kind) for path, kind in generated.items()}
        for path in (*values, *made):
            exists = path in edit.document.entries
            if exists and create_only:
                raise Error(
                    f'{edit.environment} has "{path_text(path)}" already',
                    f"to change it: gitseal set {path_text(path)} -e {edit.environment}",
                )
            if not exists and update_only:
                raise _to_create(path, edit)
            if path in made:
                done += set_generated(edit, path, made[path], plain=plain)
            else:
                done.append(edit.set_named(path, values[path], plain=plain))
        return done

    results = change(workspace, environments, action)
    return [done for environment_results in results.values() for done in environment_results]


def prospect(workspace: Workspace, environment: str, path: NamePath) -> str:
    """What would become of a value that is set here, in words; empty if it would simply be set. Nothing is written or asked."""
    keyring = workspace.keyring
    try:
        near = _reach(workspace, environment, path)
        if near is Reach.LOCKED:
            return "your identity is locked, so what would become of a value shows only when it is unlocked"
        if near is Reach.ASKS:
            return ""
        unattended = workspace._replace(keyring=keyring.unattended())
        tried = preview(unattended, [environment], lambda edit: edit.put(path, text("")))
    except Unconfirmed as unconfirmed:
        return unconfirmed.questions[0].meaning
    except Error as error:
        return error.message
    return _unseen(workspace.project.policy, environment) if tried[environment] is Outcome.UNSEEN else ""


def _reach(workspace: Workspace, environment: str, path: NamePath) -> Reach:
    project = workspace.project
    header, group = project.read(environment).header, project.policy.group(environment, path)
    # A group that the file does not have yet is made by whoever sets the first value in it.
    return reach(header, group, workspace.keyring) if group in header.access else Reach.OPENS


def _unseen(policy: Policy, environment: str) -> str:
    """What becomes of a value that is set unseen, in words. One that the policy refuses is refused before."""
    waiting = waits_in(policy, environment)
    if environment in waiting:
        return "you cannot read it here, so what you set waits until somebody who can absorbs it"
    if waiting:
        return (
            f"you cannot read it here: what you set counts here, and waits in {', '.join(waiting)} for somebody who can"
        )
    return "you cannot read it here: what you set counts at once, and is compared with nothing"


def require_plain_rule(project: Project, environments: Sequence[str], names: Iterable[NamePath]) -> None:
    """Raises Error for a name that no rule makes plain."""
    for environment in environments:
        for path in names:
            if not project.policy.is_plain(environment, path):
                raise Error(
                    f'no rule makes "{path_text(path)}" plain in {environment}',
                    f"if it is no secret, write the rule first: gitseal plain {path_text(path)} -e {environment}",
                )


def _to_create(path: NamePath, edit: Change) -> Error:
    error = missing(path, edit.environment, edit.document.entries)
    if edit.document.has(path):
        return error
    return Error(error.message, f"to create it: gitseal set {path_text(path)} -e {edit.environment}; {error.hint}")
