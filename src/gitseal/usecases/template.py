"""`template`: the references in any text file resolved over an environment."""

from collections.abc import Mapping

from gitseal.project.reading import OpenedEnvironment
from gitseal.resolve.references import Resolver


def fill(opened: OpenedEnvironment, text: str, label: str, variables: Mapping[str, str]) -> bytes:
    """The text with every `${secret:NAME}` and `${env:NAME}` resolved; `label` names it in problems.

    Raises Unmet with all references that lead nowhere, and Error if a value does not open.
    """
    resolver = Resolver(opened.look_up, variables)
    filled = resolver.text(text, label)
    resolver.check()
    # What has no problem has a value.
    return filled.value.reveal() if filled is not None else b""
