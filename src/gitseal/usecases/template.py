"""`template`: the references in any text file resolved over an environment."""

from collections.abc import Mapping

from gitseal.identities import Keyring
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.resolve.references import Resolver


def fill(
    project: Project,
    keyring: Keyring,
    environment: str,
    text: str,
    label: str,
    variables: Mapping[str, str],
    *,
    local: bool = True,
) -> bytes:
    """The text with every `${secret:NAME}` and `${env:NAME}` resolved; `label` names it in problems.

    Raises Unmet with all references that lead nowhere, and Error where a value does not open.
    """
    layered = EffectiveEnvironment(project, environment, keyring, local=local)
    resolver = Resolver(layered.look_up, variables)
    found = resolver.text(text, label)
    resolver.check()
    # What has no problem has a value.
    return found.value.reveal() if found is not None else b""
