"""What the person at the page can open: who they are here, why a value is not shown to them, and what is locked."""

from collections.abc import Mapping

from gitseal.errors import Error, NotForYou
from gitseal.project.introducing import membership_lines
from gitseal.project.membership import membership
from gitseal.project.reach import Reach, reach, unlock
from gitseal.project.reading import EffectiveEnvironment, OpenedEnvironment, check_reveal
from gitseal.project.workspace import Workspace
from gitseal.sealing.refusals import cannot_absorb
from gitseal.studio.actions import PageAction
from gitseal.studio.desk import Desk
from gitseal.studio.linking import own_address
from gitseal.usecases.init import newcomer
from gitseal.yamltext.tree import NamePath


def joining(desk: Desk) -> tuple[str, ...]:
    """What somebody does who opens nothing here, or not yet all that the policy opens to them; nothing for everybody else."""
    if desk.is_locked:
        return ()
    project = desk.project
    where = membership(project, desk.keyring)
    # A plugin's identity, of which nobody can tell before it is asked.
    if where.is_known and not where.recipient:
        return ()
    lines = membership_lines(where, project.policy, *newcomer(project.root))
    return lines if len(lines) > 1 else ()


def refusal(desk: Desk, layered: EffectiveEnvironment, path: NamePath) -> Error | None:
    """Why nobody can be shown the value here, with who can be asked; None if a press may show it."""
    try:
        check_reveal(layered.project, layered.environment)
        layer, entry = layered.entries.get(path, ("", None))
        if entry is None or entry.token is None:
            return None
        if reach(layered.documents[layer].header, entry.token.group, desk.keyring) is Reach.CLOSED:
            if layered.is_pending(path):
                raise cannot_absorb(entry.name)
            OpenedEnvironment(layered.project, layered.environment, desk.keyring.unattended()).open(path)
    except NotForYou as error:
        return desk.advised(error)
    except Error as error:
        return error
    return None


def unlock_action(_desk: Desk, body: Mapping[str, object]) -> PageAction:
    """Asks for the passphrases of what is locked; then shows the page that it was pressed on, which can tell more now."""

    def do(workspace: Workspace) -> str:
        unlock(workspace.project, workspace.keyring)
        return ""

    return PageAction(do, own_address(body))
