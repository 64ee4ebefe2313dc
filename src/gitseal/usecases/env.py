"""`env`: environments made, listed, renamed and taken out, in the policy and as files."""

from collections.abc import Sequence
from typing import NamedTuple

from gitseal.document import document
from gitseal.errors import Error, shell_quoted
from gitseal.files.reading import read_regular
from gitseal.policy.parser import nearest
from gitseal.policy.policy import DEFAULT
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.project import journal
from gitseal.project.belief.trust import Trust
from gitseal.project.journal import POLICY
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.project.unseen import missing
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change, new_environment
from gitseal.sealing.waiting import refuse_going
from gitseal.sealing.writing import commit, edited_policy, writing


class EnvironmentRow(NamedTuple):
    """One environment: how many names its file has, who may open it, what it extends, its other names."""

    environment: str
    names: int
    open: tuple[str, ...]
    extends: str
    aliases: tuple[str, ...]
    protected: bool


def list_environments(project: Project) -> list[EnvironmentRow]:
    """Every environment that has a file. Needs no identity."""
    rows = []
    for name in project.environments:
        rule = project.policy.environments.get(name)
        count = len(project.read(name).entries)
        if rule is None:
            rows.append(EnvironmentRow(name, count, (), "", (), protected=False))
        else:
            rows.append(
                EnvironmentRow(
                    name, count, project.policy.members(rule.open), rule.extends, rule.aliases, rule.protected
                )
            )
    return rows


def add_environment(workspace: Workspace, name: str, opened_to: Sequence[str]) -> None:
    """Makes an environment: its rule in the policy, unless it has one, and its file, with a data key of its own.

    `opened_to` names who may open it; empty takes what all other environments agree on. A file that the policy does not list
    gets its rule, and stays as it is. Raises Error if the environment exists, or if the file is not that environment's.
    """
    project = workspace.project
    project.path(name)
    is_listed = name in project.policy.environments
    if is_listed and name in project.environments:
        raise Error(f'there is an environment "{name}" already', "see them with: gitseal env list")
    unseen = missing(project, project.path(name))
    if unseen is not None:
        raise unseen
    with writing(project):
        policy = edited = read_regular(project.policy_path)
        if name not in project.policy.environments:
            people = list(opened_to) or _common_open(project, name)
            _check_people(project, people)
            edited = edited_policy(project, lambda text: text.put(("environments", name), {"open": list(people)}))
        now = project.with_policy(edited)
        trust = Trust(workspace._replace(project=now))
        if name in project.environments:
            # A copied or renamed file is no environment of that name: its values would open for nobody.
            project.read(name)
            commit(trust, {POLICY: policy}, {POLICY: edited})
            return
        new = {name: new_environment(trust, name), POLICY: edited}
        commit(trust, {name: None, POLICY: policy}, new)


def remove_environment(project: Project, name: str) -> None:
    """Takes an environment's file and rule out. Raises Error if it is not there or the policy still needs it."""
    environment = _named(project, name)
    for other, rule in project.policy.environments.items():
        if rule.extends == environment:
            raise Error(f'"{other}" extends "{environment}"', "change that in .secrets/policy.yaml first")
    for names_rule in project.policy.rules:
        if environment in names_rule.environments:
            raise Error(
                f'a rule for {", ".join(names_rule.names)} names "{environment}"',
                "change that in .secrets/policy.yaml first",
            )
    for target in project.policy.publish:
        if environment in target.environments:
            raise Error(
                f'target "{target.name}" publishes "{environment}"', "change that in .secrets/policy.yaml first"
            )
    with writing(project):
        refuse_going(project, environment)
        policy = edited = read_regular(project.policy_path)
        if environment in project.policy.environments:
            edited = edited_policy(project, lambda text: text.remove(("environments", environment)))
        old = {POLICY: policy, environment: read_regular(project.path(environment))}
        journal.replace(project, old, {POLICY: edited, environment: None})


def rename_environment(workspace: Workspace, old: str, new: str) -> None:
    """Gives an environment another name: a new file with new data keys, since values are bound to their environment.

    Raises Error if the new name is taken or any value does not open.
    """
    project = workspace.project
    old = _named(project, old)
    if new in project.environments or new in project.policy.environments:
        raise Error(f'there is an environment "{new}" already', "see them with: gitseal env list")
    project.path(new)
    with writing(project):
        refuse_going(project, old)
        policy, before = read_regular(project.policy_path), project.read(old)
        edited = edited_policy(project, lambda text: _rename_in_policy(text, project, old, new))
        now = project.with_policy(edited)
        trust = Trust(workspace._replace(project=now))
        data = _under_name(trust, before, new)
        was: dict[str, bytes | None] = {new: None, POLICY: policy, old: before.serialise()}
        commit(trust, was, {new: data, POLICY: edited, old: None})


def _under_name(trust: Trust, before: document.Document, new: str) -> bytes:
    keys = Keys(before.header, trust.workspace.keyring)
    change = Change(document.create(new), trust)
    change.new_group(DEFAULT)
    for path, entry in before.entries.items():
        # Whoever renames says nothing new on who may read what: what is plain by a rule stays plain.
        change.carry(before, keys, entry, path, plain=entry.token is None)
    return change.result()


def _rename_in_policy(text: PolicyEditor, project: Project, old: str, new: str) -> None:
    if old in project.policy.environments:
        text.rename(("environments", old), new)
    for environment, rule in project.policy.environments.items():
        if rule.extends == old:
            text.put(("environments", new if environment == old else environment, "extends"), new)
    for number, names_rule in enumerate(project.policy.rules):
        if old in names_rule.environments:
            text.put(
                ("rules", f"[{number}]", "environments"),
                [new if name == old else name for name in names_rule.environments],
            )
    for target in project.policy.publish:
        if old in target.environments:
            text.put(
                ("publish", target.name, "environments"),
                [new if name == old else name for name in target.environments],
            )


def _common_open(project: Project, name: str) -> tuple[str, ...]:
    groups = {rule.open for rule in project.policy.environments.values()}
    if len(groups) != 1:
        example = next((group for group in project.policy.groups), "") or next(iter(project.policy.recipients), "")
        raise Error(
            "different people open the environments here, so somebody has to decide who opens the new one",
            f"for example: gitseal env add {shell_quoted(name)} --open {example}",
        )
    return groups.pop()


def _check_people(project: Project, names: Sequence[str]) -> None:
    known = [*project.policy.groups, *project.policy.recipients]
    for name in names:
        if name not in known:
            raise Error(
                f'there is no recipient or group "{name}"',
                nearest(name, known) or "see them with: gitseal recipient list",
            )


def _named(project: Project, name: str) -> str:
    if name not in project.environments:
        raise Error(
            f'there is no environment "{name}"',
            nearest(name, project.environments) or "see them with: gitseal env list",
        )
    return name
