"""The team's own values, looked for in whatever is committed."""

from collections.abc import Mapping


class Team:
    """The values to look for, by (environment, name). Ordinary ones (`scan.ordinary`) are looked for nowhere.

    Building it is cheap; the automaton is made when the first bytes are looked at.
    """

    def __init__(self, values: Mapping[tuple[str, str], bytes]) -> None:
        self._values = dict(values)
