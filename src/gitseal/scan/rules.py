"""The rules by policy and staged files: which files hold values, and which may look as if they did."""

from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# As in policy.yaml (docs/reference/policy.md); the suffixes that `names` knows are templates without being listed.
TEMPLATES = (".env.example", ".env.sample", ".env.template")


class Rules(NamedTuple):
    """The rules that a policy and the staged files give.

    `block` and `templates` are patterns of the policy's `hook`: one without `/` is compared with a path's last part, one with
    `/` with the whole path, and `*` crosses no `/`. `env_files` are paths, relative to the repository's top, that compose
    files name as env files; `linked` are those to which links lead that have an env file's name. `environments` are the
    project's, for hints: where a value belongs. `tracks` says if there is a file of the repository at a path, or below it.
    """

    block: tuple[str, ...] = ()
    templates: tuple[str, ...] = TEMPLATES
    env_files: frozenset[bytes] = frozenset()
    linked: frozenset[bytes] = frozenset()
    environments: tuple[str, ...] = ()
    tracks: "Callable[[bytes], bool]" = lambda _path: True
