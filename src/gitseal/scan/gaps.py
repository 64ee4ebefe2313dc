"""Where bytes stood before some characters were taken out of a text."""

import re
from bisect import bisect_right


class Gaps:
    """The runs of the characters that were taken out; `runs` matches one."""

    def __init__(self, content: bytes, runs: re.Pattern[bytes]) -> None:
        self._left: list[int] = []
        self._taken: list[int] = []
        taken = 0
        for run in runs.finditer(content):
            self._left.append(run.start() - taken)
            taken += run.end() - run.start()
            self._taken.append(taken)

    def place(self, number: int) -> int:
        """The place of the byte with this number, from 0, among those that are left."""
        before = bisect_right(self._left, number)
        return number + (self._taken[before - 1] if before else 0)
