"""`export` as a file of sops, for whoever can open every value in it."""

from collections.abc import Sequence

from gitseal.delivery.outgoing import Outgoing, outgoing
from gitseal.delivery.request import Request
from gitseal.document.comments import comments_below, comments_of
from gitseal.errors import Error
from gitseal.exchange import ImportedValue
from gitseal.exchange.sops import exporting
from gitseal.policy.policy import DEFAULT
from gitseal.project.belief.trust import Trust
from gitseal.project.key_holders import holders
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.unseen import hidden
from gitseal.project.workspace import Workspace
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.sealed_file import needs_more_than_age
from gitseal.records import NamedTuple


class SopsJob(NamedTuple):
    """What goes into the file: an environment, the names that are asked for, the format, and the time that it is made at."""

    environment: str
    request: Request
    format_name: str
    modified: str


class Exported(NamedTuple):
    """A file of sops, and for whom it is.

    `sealed_for` are people and machines; `partly` may open some of the values and not all, so that the file is not for them;
    `keyless` have no key but those of plugins and key services. `lost_comments` counts lines that the format cannot have.
    """

    content: bytes
    going: Outgoing
    sealed_for: tuple[str, ...]
    partly: tuple[str, ...]
    keyless: tuple[str, ...]
    lost_comments: int

    def __repr__(self) -> str:
        return f"Exported({self.sealed_for})"


def export(workspace: Workspace, job: SopsJob) -> Exported:
    """The environment as a sops file, with what it inherits and with its references resolved.

    sops has one data key for a whole file. So it is sealed for those alone whom the policy lets open each value in it.

    Raises Error for a value that does not open or that nobody took over, for an environment with `reveal: false`, for values
    that sops would not hold exactly, and if nobody with an age or SSH key may open all of it. Raises Unconfirmed for recipients
    that this clone has not met.
    """
    project = workspace.project.shared()
    _check(workspace, job.environment)
    opened = OpenedEnvironment(project, job.environment, workspace.keyring)
    going = outgoing(opened, job.request, with_sections=True)
    if going.held:
        opened.open(next(path for path in opened.entries if opened.is_pending(path) and job.request.takes(path)))
    if not going.entries:
        raise Error(f"{job.environment} has no values to export", f"see its names: gitseal list -e {job.environment}")
    audience = _audience(opened, [entry.path for entry in going.entries])
    keys = _believed(workspace, job.environment, audience.whole)
    items = [
        ImportedValue(entry.path, entry.value, 0, comments=comments_of(opened.entries[entry.path][1]))
        for entry in going.entries
    ]
    own = next((entry.document for name, entry in opened.entries.values() if name == job.environment), None)
    below = comments_below(own) if own is not None else ()
    made = exporting.export(job.format_name, items, tuple(dict.fromkeys(keys.values())), job.modified, below)
    sealed_for = tuple(dict.fromkeys(name for name, _ in keys))
    keyless = tuple(name for name in audience.whole if name not in sealed_for)
    return Exported(made.content, going, sealed_for, audience.partly, keyless, made.lost_comments)


def _check(workspace: Workspace, environment: str) -> None:
    if not workspace.project.policy.environment(environment).reveal:
        raise Error(
            f"the policy says reveal: false for {environment}: its values go into no file of another tool",
            f"back up the sealed files, or see the names: gitseal list -e {environment}",
        )
    for one in hidden(workspace.project, [environment]):
        raise Error(f"the file would not be whole: {one.message}", str(one.hint))


class _Audience(NamedTuple):
    whole: tuple[str, ...]
    partly: tuple[str, ...]


def _audience(opened: OpenedEnvironment, paths: Sequence[tuple[str, ...]]) -> _Audience:
    """Those whom the policy lets open every one of the values, and those whom it lets open some."""
    policy = opened.project.policy
    groups = {
        (environment, entry.token.group if entry.token else DEFAULT)
        for environment, entry in (opened.entries[path] for path in paths)
    }
    readers = [set(policy.open_to(environment, group) or ()) for environment, group in groups]
    whole = set.intersection(*readers)
    return _Audience(tuple(sorted(whole)), tuple(sorted(set.union(*readers) - whole)))


def _believed(workspace: Workspace, environment: str, names: Sequence[str]) -> dict[tuple[str, str], str]:
    """The age and SSH keys of these people, each decided on as if a data key were wrapped for it."""
    trust, keys = Trust(workspace), {}
    for holder, text in holders(workspace.project.policy, names).items():
        key = parse_recipient(text).canonical
        if not needs_more_than_age(key):
            trust.recipient(holder[0], text, f"it would open the exported values of {environment}")
            keys[holder] = key
    trust.settle()
    if not keys:
        raise Error(
            f"nobody who may open all of these values of {environment} has an age or SSH key, which sops needs",
            "see who may open what: gitseal access",
        )
    return keys
