"""The commits that a branch itself had, one after the other: what a merge brought comes in with the merge, not before."""

from functools import cached_property

from gitseal.git.repository import Repository


class FirstParents:
    """The line of first parents that ends in a commit.

    It is walked when something is first asked, and all of history once more for the first commit that is not on it: never for
    each commit, of which others can name any number.
    """

    def __init__(self, repository: Repository, tip: str) -> None:
        self._repository = repository
        self._tip = tip

    def arrival(self, commit: str) -> str:
        """The commit with which the line came to have this one: itself, or the merge that brought it. Empty if it never did."""
        return commit if commit in self._line else self._brought.get(commit, "")

    @cached_property
    def _line(self) -> dict[str, None]:
        answer = self._repository.git("rev-list", "--first-parent", self._tip) or b""
        return dict.fromkeys(answer.decode().split())

    @cached_property
    def _brought(self) -> dict[str, str]:
        """Each commit beside the line, by the first merge of the line that has it."""
        answer = self._repository.git("rev-list", "--parents", self._tip) or b""
        parents = {commit: others for commit, *others in map(str.split, answer.decode().splitlines())}
        brought: dict[str, str] = {}
        for merge in reversed(self._line):
            waiting = parents.get(merge, [])[1:]
            while waiting:
                commit = waiting.pop()
                if commit not in self._line and commit not in brought:
                    brought[commit] = merge
                    waiting += parents.get(commit, ())
        return brought
