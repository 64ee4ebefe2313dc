"""`rekey`: the environments brought to the policy as it stands."""

from collections.abc import Sequence

from gitseal.project.workspace import Workspace
from gitseal.sealing.rekeying import applying, planning
from gitseal.sealing.rekeying.planning import Plan


def plan(workspace: Workspace, environments: Sequence[str], *, rotate: bool = False) -> Plan:
    """See `planning.plan`."""
    return planning.plan(workspace, environments, rotate=rotate)


def apply(workspace: Workspace, environments: Sequence[str], agreed: Plan) -> None:
    """See `applying.apply`."""
    applying.apply(workspace, environments, agreed)
