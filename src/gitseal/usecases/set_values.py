"""`set`: values into one or several environments, all or none."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gitseal.document.value import Value
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project.change import Change, Outcome
from gitseal.project.project import Project
from gitseal.project.writing import change
from gitseal.usecases.names import missing
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class Done(NamedTuple):
    """What became of one name in one environment."""

    environment: str
    name: str
    outcome: Outcome
    is_empty: bool


def set_values(
    project: Project,
    keyring: Keyring,
    accept: frozenset[str],
    environments: Sequence[str],
    values: Mapping[NamePath, Value],
    *,
    plain: bool = False,
    create_only: bool = False,
    update_only: bool = False,
) -> list[Done]:
    """Sets every value in every environment. Equal values are left as they are.

    Raises Error, with nothing written, where a name exists under `create_only` or lacks under `update_only`, and whatever
    `Change.set` refuses; Unconfirmed where a key or recipient is to be confirmed first.
    """

    def action(each: Change) -> list[Done]:
        done = []
        for path, value in values.items():
            exists = path in each.document.entries
            if exists and create_only:
                raise Error(
                    f'{each.environment} has "{path_text(path)}" already',
                    f"to change it: gitseal set {path_text(path)} -e {each.environment}",
                )
            if not exists and update_only:
                raise _to_create(path, each)
            done.append(Done(each.environment, path_text(path), each.set(path, value, plain=plain), not value.reveal()))
        return done

    results = change(project, keyring, accept, environments, action)
    return [done for each in results.values() for done in each]


def _to_create(path: NamePath, each: Change) -> Error:
    error = missing(path, each.environment, each.document.entries)
    if path in each.document.tree.nodes:
        return error
    return Error(error.message, f"to create it: gitseal set {path_text(path)} -e {each.environment}; {error.hint}")
