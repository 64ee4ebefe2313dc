"""What it takes to bring environments to the policy, with as few lines changed as possible.

Who only gains gets the data key wrapped and no value changes. If anyone loses access, the access group gets a new data key
and every value of it is sealed again. A name whose rule moved it is sealed again in its new access group.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from gitseal.crypto.digest import sha256_of_many
from gitseal.document.document import Document
from gitseal.policy.policy import DEFAULT, Policy
from gitseal.project.belief.losses import ClaimedAccess
from gitseal.project.belief.rule import Standing
from gitseal.project.belief.trust import Trust
from gitseal.project.key_holders import Holder, holders
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.yamltext.tree import NamePath


class GroupPlan(NamedTuple):
    """The plan for one access group. `gained` and `lost` are (name, recipient id), sorted.

    `new_key` with the reason why one is made, and `holders` with the names of everyone who gets it: whether a stanza that
    is there already opens cannot be seen without its owner, so none of them is passed over. `names` counts the values that
    the group holds now, `past` those that only history has and that whoever gains can open too. `gone` says that nothing is
    sealed to the group any more and the policy has no such group: its block goes.
    """

    environment: str
    group: str
    gained: tuple[Holder, ...]
    lost: tuple[Holder, ...]
    new_key: str
    holders: tuple[str, ...]
    names: int
    past: int
    gone: bool


class Move(NamedTuple):
    """A name that moves to another access group; `old` is empty if it was plain.

    `gained` and `lost` are the people who can open it only after, or only before; of a plain value everyone could read
    no one is named.
    """

    environment: str
    name: NamePath
    old: str
    new: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Plan(NamedTuple):
    """All that a rekey will do.

    `claims` are people who keep access by a branch that is not merged, since the group's data key stays. `shallow`: history
    is cut off, so earlier holders of a key may be unknown. `basis` has the digests of the files that the plan was made
    from, the policy's among them.
    """

    groups: tuple[GroupPlan, ...]
    moves: tuple[Move, ...]
    claims: tuple[ClaimedAccess, ...]
    shallow: bool
    basis: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """True if the files are as the policy says."""
        return not self.groups and not self.moves

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that it changes, each once."""
        return tuple(
            dict.fromkeys([*(group.environment for group in self.groups), *(move.environment for move in self.moves)])
        )


def plan(
    workspace: Workspace, environments: Sequence[str], *, rotate: bool = False, exposed: Collection[str] = ()
) -> Plan:
    """The plan that brings the environments to the policy; with `rotate` a new data key for every access group of them too.

    `exposed` are data keys, by id, that are not to be in force any more, whoever the files and their history say holds them.

    Changes no file. An identity is used only to follow data keys that are not those of the trusted ref; no identity is required.
    """
    project = workspace.project
    shallow = project.git().is_shallow()
    read = basis(project, environments)
    trust = Trust(workspace)
    groups: list[GroupPlan] = []
    moves: list[Move] = []
    claims: list[ClaimedAccess] = []
    for environment in environments:
        file = project.read(environment)
        moves += _moves(project, file)
        rotated = _openable(workspace, file) if rotate else frozenset()
        planned = _groups(project, file, trust, moved=moves, shallow=shallow, rotated=rotated, exposed=exposed)
        groups += planned
        replaced = {group_plan.group for group_plan in planned if group_plan.new_key or group_plan.gone}
        for group in file.header.access:
            if group not in replaced:
                claims += trust.losses.claimed(file.header, group)
    trust.remember_claims()
    return Plan(tuple(groups), tuple(moves), tuple(claims), shallow, read)


def basis(project: Project, environments: Sequence[str]) -> tuple[str, ...]:
    """The digests of the files on the disk that a plan for these environments is made from, the policy's among them."""
    paths = [project.policy_path, *map(project.path, environments)]
    # Whole files, not what was read from them: a person agrees to a plan for exactly this state.
    digest = sha256_of_many()
    return tuple(digest(project.source.read(path)) for path in paths)


def _moves(project: Project, file: Document) -> list[Move]:
    policy, environment = project.policy, file.header.environment
    moves = []
    for path, old in file.in_groups():
        if not policy.is_plain(environment, path) and old != (new := policy.group(environment, path)):
            moves.append(_move(policy, file, path, old, new))
    return moves


def _move(policy: Policy, file: Document, path: NamePath, old: str, new: str) -> Move:
    environment = file.header.environment
    access = file.header.access.get(old)
    before = set(access.stanzas) if access is not None else set()
    after = set(policy.open_to(environment, new) or ())
    gained = tuple(sorted(after - before)) if old else ()
    return Move(environment, path, old, new, gained, tuple(sorted(before - after)))


def _groups(
    project: Project,
    file: Document,
    trust: Trust,
    *,
    moved: Sequence[Move],
    shallow: bool,
    rotated: Collection[str],
    exposed: Collection[str],
) -> list[GroupPlan]:
    environment = file.header.environment
    leaving = {move.name for move in moved if move.environment == environment}
    plans = []
    for group, access in file.header.access.items():
        staying = sum(holding == group and path not in leaving for path, holding in file.in_groups())
        people = project.policy.open_to(environment, group)
        known = group in _policy_groups(project, environment)
        # Neither the policy nor a value knows the group: its stanzas open nothing that is still there.
        if not known and not staying:
            plans.append(GroupPlan(environment, group, (), tuple(sorted(access.wrapped())), "", (), 0, 0, gone=True))
            continue
        wanted = set(holders(project.policy, people or ()))
        now = {(name, key) for name, key in access.wrapped() if access.stanzas[name][key].key_id == access.key_id}
        # Whoever ever had a stanza can have kept the data key, though none of theirs is there now.
        ever = now | set(access.wrapped()) | trust.losses.holders(access.key_id)
        wanted_ids = {key for _, key in wanted}
        lost = tuple(
            sorted(
                {holder for holder in ever if holder[1] not in wanted_ids}
                | {holder for holder in now if holder not in wanted}
            )
        )
        gained = tuple(sorted(wanted - now))
        is_behind = trust.judge(file.header, group).verdict.standing is Standing.BEHIND
        # By a branch that is not merged, somebody who leaves can hold a key of which no published file says so.
        is_lost = bool(lost) or access.key_id in exposed
        reason = _reason(lost=is_lost, behind=is_behind, unsure=bool(gained) and shallow, rotate=group in rotated)
        keepers = tuple(sorted({name for name, _ in wanted})) if reason else ()
        if lost or gained or reason:
            # A new data key opens nothing of the past.
            past = trust.losses.older_values(access.key_id, file.serialise()) if not reason else 0
            plans.append(GroupPlan(environment, group, gained, lost, reason, keepers, staying, past, gone=False))
    return plans


def _openable(workspace: Workspace, file: Document) -> frozenset[str]:
    """The access groups that an identity at hand opens. A note says of each other that it keeps its key."""
    keys = Keys(file.header, workspace.keyring)
    for group in file.header.access:
        if group not in keys:
            where = f'access group "{group}" in {file.header.environment}'
            workspace.project.git().notes.append(f"{where} keeps its data key: no identity at hand opens it")
    return frozenset(keys)


def _reason(*, lost: bool, behind: bool, unsure: bool, rotate: bool) -> str:
    """Why a group gets a new data key; empty if it keeps the one it has."""
    if lost:
        return "someone loses access"
    if behind:
        return "the one here is behind the trusted ref"
    if unsure:
        return "history is cut off, so earlier holders are unknown"
    return "asked for by --rotate" if rotate else ""


def _policy_groups(project: Project, environment: str) -> set[str]:
    rules = project.policy.rules
    return {DEFAULT} | {rule.access for rule in rules if rule.access and rule.holds_in(environment)}
