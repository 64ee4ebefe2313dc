"""`offboard`: somebody leaves, or a key is lost: out of the policy and of every file at once, and what they know."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from gitseal.audit.exposure.leaving import Leaving, leaver, report_on, walked
from gitseal.audit.exposure.people import KeyHolder, keys_of, openers_of
from gitseal.audit.exposure.timeline import Timeline
from gitseal.document.header import Access
from gitseal.errors import Error, NotForYou, shell_quoted
from gitseal.policy.policy import DEFAULT, Policy
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.project.key_holders import names_by_opener, opener_of
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.project.unseen import beside, hidden
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.sealing import principals
from gitseal.sealing.rekeying import applying, planning
from gitseal.sealing.writing import PolicyEdit, edited_policy


class Offboarding(NamedTuple):
    """All that taking somebody out will do; `lists` are those of the policy that they go out of.

    `change` is None if the policy does not have them, or the key, any more. `rekey` brings the files to the policy after it.
    `beside` are the folders with other `.secrets` in the repository, as absolute paths: nothing is done there.
    `namesakes` are those in the policy who have a key that history gives to the person too.
    """

    name: str
    key: str
    lists: tuple[str, ...]
    change: PolicyEdit | None
    rekey: planning.Plan
    timeline: Timeline
    holder: KeyHolder
    beside: tuple[str, ...]
    namesakes: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """True if they are out of the policy and of every file already."""
        return self.change is None and self.rekey.is_empty


def plan(workspace: Workspace, name: str, key: str = "") -> Offboarding:
    """What takes a person or machine out, or one key of theirs. Changes no file.

    Everything that can be refused is refused here. Raises Error for somebody whom neither policy nor history knows, for the
    last one who could do something, if a key of theirs stays in the policy under another name, if a file of `.secrets` is not
    in the working tree, and if Git cannot show all of history; NotForYou for an access group that no identity at hand opens.
    """
    project = workspace.project
    for unseen in hidden(project):
        raise unseen.error()
    timeline = _whole_history(project, name)
    holder = leaver(project, timeline, name, key)
    change = _change(project.policy, name, key)
    lists: tuple[str, ...] = ()
    if change is not None:
        after = edited_policy(project, change.edit)
        lists = () if key else _lists(timeline.policy_here, name)
        workspace = workspace._replace(project=project.with_policy(after))
    _refuse_shared(project.policy, workspace.project.policy, name, key)
    # Keys that stay in the policy open what is sealed anew as well: nobody is shut out by that.
    exposed = keys_of(timeline, _leaving_keys(timeline, workspace.project.policy, holder))
    rekey = planning.plan(workspace, project.environments, exposed=exposed)
    _refuse_unopened(workspace, rekey)
    others = tuple(str(Path(project.git().folder, root)) for root in beside(project))
    namesakes = _namesakes(timeline, workspace.project.policy, holder)
    return Offboarding(name, key, lists, change, rekey, timeline, holder, others, namesakes)


def apply(workspace: Workspace, agreed: Offboarding) -> Leaving:
    """Does it, the policy and all environments together or nothing, and gives the report on what is left to do.

    Raises Error as `applying.apply` does, with nothing written.
    """
    project = workspace.project
    if not agreed.is_empty:
        look_again = f"gitseal offboard {shell_quoted(agreed.name)} --report"
        applying.apply(workspace, project.environments, agreed.rekey, agreed.change, look_again=look_again)
    agreed.timeline.follow_files(project)
    return report_on(project, agreed.timeline, agreed.holder)


def _whole_history(project: Project, name: str) -> Timeline:
    timeline = walked(project)
    if timeline.here is not None:
        raise Error(
            "this clone is partial, and Git cannot fetch what it left out; nothing was changed",
            f"for the report of what is here: gitseal offboard {shell_quoted(name)} --report",
        )
    return timeline


def _change(policy: Policy, name: str, key: str) -> PolicyEdit | None:
    own = policy.recipients.get(name)
    if own is None:
        return None
    if not key:
        return principals.removal(policy, name)
    lost = opener_of(parse_recipient(key).canonical)
    return principals.key_removal(policy, name, key) if lost in map(opener_of, own.keys) else None


def _lists(policy: bytes, name: str) -> tuple[str, ...]:
    return tuple(" ".join(path) for path in principals.lists_with(PolicyEditor(policy), name))


def _refuse_shared(before: Policy, after: Policy, name: str, key: str) -> None:
    """Raises Error if the policy gives a key that goes to somebody else too: nothing would be closed to its owner.

    Of the policy alone, and not of history: anybody who may push can write a branch on which they have everybody's keys.
    """
    if name not in before.recipients:
        return
    own = (key,) if key else before.recipients[name].keys
    going = set(map(opener_of, own))
    for other, principal in after.recipients.items():
        if other != name and going.intersection(map(opener_of, principal.keys)):
            whose = "this key" if key else f'a key of "{name}"'
            raise Error(
                f'the policy gives {whose} to "{other}" too, so nothing would be closed to its owner',
                f"see what {other} opens, and decide: gitseal access --as {shell_quoted(other)}",
            )


def _leaving_keys(timeline: Timeline, policy: Policy, holder: KeyHolder) -> set[str]:
    """The recipient ids of whoever leaves whose private key opens nothing by the policy after it."""
    staying = {recipient_id(key) for key in names_by_opener(policy)}
    return {recipient for recipient in holder.recipients if openers_of(timeline, {recipient}).isdisjoint(staying)}


def _namesakes(timeline: Timeline, policy: Policy, holder: KeyHolder) -> tuple[str, ...]:
    """Those in the policy who have a key that history gives to whoever leaves: perhaps the same person under another name."""
    theirs = openers_of(timeline, holder.recipients)
    named = (names for key, names in names_by_opener(policy).items() if recipient_id(key) in theirs)
    return tuple(sorted({name for names in named for name in names} - {holder.name}))


def _refuse_unopened(workspace: Workspace, rekey: planning.Plan) -> None:
    """Raises NotForYou for all access groups that the plan has to open and that no identity at hand opens."""
    closed: dict[str, Access] = {}
    for environment in rekey.environments:
        header = workspace.project.read(environment).header
        keys = Keys(header, workspace.keyring)
        for group in _needed(rekey, environment):
            if group in header.access and group not in keys:
                place = environment if group == DEFAULT else f'access group "{group}" in {environment}'
                closed[place] = header.access[group]
    if closed:
        raise NotForYou(
            f"no identity at hand opens {', '.join(closed)}, and sealing anew needs that; nothing was changed",
            _who_opens(workspace.project.policy, closed),
        )


def _needed(rekey: planning.Plan, environment: str) -> Collection[str]:
    groups = [group.group for group in rekey.groups if group.environment == environment and not group.gone]
    moved = [move.old for move in rekey.moves if move.environment == environment and move.old]
    return dict.fromkeys([*groups, *moved])


def _who_opens(policy: Policy, closed: Mapping[str, Access]) -> str:
    """Who can do it: those who stay and open all of it, else who opens which part."""
    staying = {
        place: [name for name in access.stanzas if name in policy.recipients] for place, access in closed.items()
    }
    first, *others = staying.values()
    able = [name for name in first if all(name in people for people in others)]
    if able:
        return f"ask one of: {', '.join(able)}"
    return "; ".join(
        f"{place}: {', '.join(people) or 'nobody is left who opens it'}" for place, people in staying.items()
    )
