"""The people who may change a path, by the policies of one commit. Nothing of the working tree or of a later commit is read."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from gitseal.audit.verify.evidence.touched import folded
from gitseal.errors import Malformed
from gitseal.git import trees
from gitseal.git.repository import Repository
from gitseal.policy import parser
from gitseal.policy.approvals import needed_approvals
from gitseal.policy.policy import Policy
from gitseal.policy.who_may_change import changers, has_list
from gitseal.project.project import FOLDER
from gitseal.project.roots import roots_of

_POLICY = "policy.yaml"
_POLICY_END = f"/{_POLICY}".encode()
_SUFFIX = ".yaml"


class Claim(NamedTuple):
    """The word of one policy about a path. `who` is empty if nobody may change it, None if nobody's signature is asked for.

    `approvals` counts the people who have to approve a change besides whoever signed it.
    """

    root: str
    policy: Policy
    who: frozenset[str] | None
    approvals: int = 0


class Owners:
    """The policies of a commit, each read when a path asks for it. A root is the folder that holds `.secrets`, `""` the top.

    With `listed` a policy without any `change` list asks for nobody.
    """

    def __init__(self, repository: Repository, commit: str, *, listed: bool = False) -> None:
        self._repository = repository
        self._commit = commit
        self._listed = listed
        self._policies: dict[str, Policy] = {}

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The folders that hold a `.secrets` with a policy; one inside another `.secrets` does not count."""
        files = trees.files(self._repository, self._commit).items()
        policies = (path for path, entry in files if entry.is_file and path.endswith(_POLICY_END))
        roots = (root.decode("utf-8", "surrogateescape") for root in roots_of(policies))
        return tuple(root for root in roots if not _is_inside(root))

    @property
    def asks(self) -> bool:
        """True if any of the policies has a `change` list."""
        return any(has_list(self.policy(root)) for root in self.roots)

    def judged_branches(self) -> tuple[str, ...]:
        """The patterns of all policies for branches that a server judges besides the default one.

        Fields that this gitseal does not know do not hide the list: whoever judges by the policy refuses them. Raises Error for
        a policy that cannot be read at all, for then nobody knows what is judged.
        """
        policies = (self._parsed(root, lambda data: parser.parse_known(data)[0]) for root in self.roots)
        return tuple(dict.fromkeys(pattern for policy in policies for pattern in policy.server_judged))

    def claims(self, path: str) -> list[Claim]:
        """The claims of the policies that a path concerns. The list is empty if the commit has no policy at all.

        A file of a `.secrets` concerns its own policy. What steers others, a `.gitattributes` or a `.secrets` that has no
        policy yet, concerns every policy below its folder and the nearest one above; if there are none, all.
        """
        folder, inner = _split(path)
        if inner is not None and folder in self.roots:
            return [self._claim(folder, inner)]
        # A new `.secrets` beside or around an old one could take over its place for whoever looks for it from below.
        below = [root for root in self.roots if root.startswith(folder)]
        above = [root for root in self.roots if folder.startswith(root) and root not in below]
        concerned = [*below, *sorted(above, key=len)[-1:]] or self.roots
        return [self._claim(root, "") for root in concerned]

    def _claim(self, root: str, inner: str) -> Claim:
        policy = self.policy(root)
        if self._listed and not has_list(policy):
            return Claim(root, policy, None)
        stem = inner.removesuffix(_SUFFIX)
        # Only the very file is an environment or the manifest: Production.yaml or old/production.yaml are the policy's.
        is_known = inner == stem + _SUFFIX and "/" not in stem
        file = stem if is_known else ""
        return Claim(root, policy, changers(policy, file), needed_approvals(policy, file))

    def policy(self, root: str) -> Policy:
        """The policy of a root. Raises Malformed, with the commit, if it cannot be read."""
        if root not in self._policies:
            self._policies[root] = self._parsed(root, parser.parse)
        return self._policies[root]

    def _parsed(self, root: str, parse: Callable[[bytes], Policy]) -> Policy:
        name = f"{root}{FOLDER}/{_POLICY}"
        try:
            return parse(self._repository.file(self._commit, name) or b"")
        except Malformed as error:
            place = f"{self._commit[:12]}:{name}:{error.line}"
            hint = error.hint or "mend the policy that is to judge first"
            raise Malformed(error.reason, error.line, hint, place=place) from None


def _split(path: str) -> tuple[str, str | None]:
    """The folder that holds the outermost `.secrets` of a path, and what lies below that; else the path's own folder."""
    parts = path.split("/")
    for at, part in enumerate(parts):
        if folded(part) == FOLDER:
            inner = "/".join(parts[at + 1 :]) if part == FOLDER and parts[at + 1 :] else None
            return "".join(f"{above}/" for above in parts[:at]), inner
    return path[: path.rfind("/") + 1], None


def _is_inside(root: str) -> bool:
    return any(folded(part) == FOLDER for part in root.split("/"))
