"""Does what a plan says, in all environments or in none, together with an edit of the policy."""

from collections.abc import Sequence

from gitseal.document import document
from gitseal.document.header import HEADER
from gitseal.errors import Busy
from gitseal.files.reading import read_regular
from gitseal.project.belief.trust import Trust
from gitseal.project.journal import POLICY
from gitseal.project.workspace import Workspace
from gitseal.report.plurals import plural
from gitseal.sealing.change import Change
from gitseal.sealing.rekeying.planning import GroupPlan, Plan, basis
from gitseal.sealing.writing import PolicyEdit, commit, edited_policy, writing
from gitseal.yamltext.tree import NamePath


def apply(
    workspace: Workspace,
    environments: Sequence[str],
    agreed: Plan,
    change: PolicyEdit | None = None,
    *,
    look_again: str = "gitseal rekey --dry-run",
) -> None:
    """Does what was agreed to, in all environments and the policy, or in none. The plan was made for the policy after `change`.

    Raises Busy, with the hint to `look_again`, if the files or the policy are no longer what the plan was made from; NotForYou
    if the caller cannot open an access group that this needs; Unconfirmed for recipients that this clone has not met.
    """
    project = workspace.project
    old: dict[str, bytes | None] = {}
    new: dict[str, bytes | None] = {}
    with writing(project):
        # Under the lock and from the disk: a person may have thought about it for long.
        if basis(project, environments) != agreed.basis:
            raise Busy("the files or the policy changed since the plan was made", f"look again: {look_again}")
        if change is not None:
            edited = edited_policy(project, change.edit)
            old[POLICY], new[POLICY] = read_regular(project.policy_path), edited
            workspace = workspace._replace(project=project.with_policy(edited))
        trust = Trust(workspace)
        if change is not None:
            change.believe(trust)
        for environment in agreed.environments:
            edit = Change(workspace.project.read(environment), trust)
            bring_to_policy(edit, agreed)
            old[environment], new[environment] = edit.document.serialise(), edit.result()
        commit(trust, old, new)
    project.refresh()


def bring_to_policy(edit: Change, agreed: Plan) -> None:
    """The edits to one environment that a plan has for it."""
    moves = [move for move in agreed.moves if move.environment == edit.environment]
    for group in agreed.groups:
        if group.environment == edit.environment:
            _bring_group(edit, group, {move.name for move in moves})
    for move in moves:
        entry = edit.document.entries[move.name]
        # A moved value comes out under a key that members vouch for, so it is not taken from one that nobody believes.
        edit.believe(edit.document.header, entry)
        edit.reseal(entry, move.name, document.open_entry(edit.document, entry, edit.keys))


def _bring_group(edit: Change, planned: GroupPlan, leaving: set[NamePath]) -> None:
    group = planned.group
    for name, recipient in planned.lost:
        # Whoever comes back later, on a branch say, is asked about anew.
        if name not in edit.policy.recipients:
            edit.trust.forget(name, recipient)
    if planned.gone:
        edit.remove((HEADER, "access", group))
        return
    key = edit.opened_key(group, replaced=bool(planned.new_key))
    recipients = edit.recipients(group)
    past = f", and {plural(planned.past, 'value')} of its past" if planned.past else ""
    meaning = f"it would open {plural(planned.names, 'name')} of {edit.environment} ({group}){past}"
    if planned.new_key:
        edit.replace_key(group, key, leaving, meaning)
    else:
        gained = {holder: recipients[holder] for holder in planned.gained}
        edit.wrap(key, gained, meaning)
        edit.use(group, key)
