"""The commits that a branch itself had, one after the other: what a merge brought comes in with the merge, not before."""

from functools import cached_property

from gitseal.git.repository import Repository


class FirstParents:
    """The line of first parents that ends in a commit. History is walked once, when something is first asked."""

    def __init__(self, repository: Repository, tip: str) -> None:
        self._repository = repository
        self._tip = tip

    def arrival(self, commit: str) -> str:
        """The commit with which the line came to have this one: itself, or the merge that brought it. Empty if it never did."""
        if commit in self._line:
            return commit
        answer = self._repository.git("rev-list", "--ancestry-path", f"{commit}..{self._tip}") or b""
        on_line = [later for later in answer.decode().split() if later in self._line]
        return max(on_line, key=self._line.__getitem__, default="")

    @cached_property
    def _line(self) -> dict[str, int]:
        """The line's commits with how far they are from the tip."""
        answer = self._repository.git("rev-list", "--first-parent", self._tip) or b""
        return {commit: distance for distance, commit in enumerate(answer.decode().split())}
