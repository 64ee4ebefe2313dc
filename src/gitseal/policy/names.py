"""The names that environments, people, machines and groups can have."""

from gitseal.policy.policy import DEFAULT
from gitseal.yamltext.scalars import is_name

_LONGEST_NAME = 64
_NO_ENVIRONMENTS = frozenset({"policy", "manifest", "allow", "all"})


def is_environment_name(name: str) -> bool:
    """True for a name that an environment can have; its file is called NAME.yaml."""
    # A lower-case letter, then lower-case letters, digits, `_`, `.` and `-`.
    is_spelled = is_name(name) and len(name) <= _LONGEST_NAME and name[0] != "_" and name == name.lower()
    return is_spelled and name not in _NO_ENVIRONMENTS and not name.endswith(".local")


def is_principal_name(name: str) -> bool:
    """True for a name that a person, machine or group can have."""
    return is_name(name) and len(name) <= _LONGEST_NAME and name != DEFAULT
