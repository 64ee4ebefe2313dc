"""What a person without access reads: who they are here, what to send to whom, and what that person then runs."""

from gitseal.errors import Error
from gitseal.project.membership import Membership, group_to_join, membership
from gitseal.report.hints import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitseal.errors import NotForYou
    from gitseal.identities import Keyring
    from gitseal.policy.policy import Policy
    from gitseal.project.project import Project

_MOST_NAMED = 3
MAKE_ONE = "gitseal init"


def people(names: "Sequence[str]") -> str:
    """`alice <alice@example.com>, bob or carol`; words for nobody."""
    shown = names[:_MOST_NAMED]
    if not shown:
        return "whoever changes the policy"
    return " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def make_an_identity(project: "Project", admits: "Sequence[str]") -> str:
    """What somebody without an identity does: make one, and send it to those who can let them in."""
    if project.repository is None:
        return "give it one in GITSEAL_IDENTITY or GITSEAL_IDENTITY_FILE"
    return (
        f"if you are new here, make an identity: {MAKE_ONE}; send what it prints to {people(admits)}; "
        "on a machine, give it one in GITSEAL_IDENTITY"
    )


def membership_lines(where: Membership, policy: "Policy", name: str = "", email: str = "") -> tuple[str, ...]:
    """One line on who somebody is here, and below it what is to be done, if anything; `name` is a stranger's."""
    if where.waits or where.name:
        return _member_lines(where)
    if not where.recipient:
        if where.is_known:
            return ("your identity shows its public key only when it is opened", "  see what it opens: gitseal whoami")
        return ("you have no identity on this machine", f"  make one, and see whom to send what: {MAKE_ONE}")
    add = admission(policy, (name or "newcomer", where.recipient), email)
    return (
        "the policy does not know you yet: send this line to " + people(where.admits),
        f"  {add} && gitseal rekey",
        "  whoever gets it asks you whether it is yours, runs it, commits and pushes; then you pull",
        f"  or ask in a pull request: {command('gitseal recipient request --as {}', name or 'newcomer').as_text()}",
    )


def admission(policy: "Policy", who: "Sequence[str]", email: str) -> str:
    """The command that lets a newcomer in: `who` is how `recipient add` learns of them."""
    options = [pair for pair in (place_to_join(policy), ("--email", email)) if pair[1]]
    words = [*who, *(word for pair in options for word in pair)]
    return command(" ".join(["gitseal recipient add", *["{}"] * len(words)]), *words).as_text()


def place_to_join(policy: "Policy") -> tuple[str, str]:
    """The option that gives a newcomer something to open, with its value; empty if the policy leaves a choice."""
    group = group_to_join(policy)
    if group or len(policy.environments) != 1:
        return "--group", group
    return "--open", next(iter(policy.environments))


def _member_lines(where: Membership) -> tuple[str, ...]:
    you = f"you are {where.name} in the policy" if where.name else "the policy does not name your key"
    opens = f", and open {', '.join(where.opens)}" if where.opens else ""
    if where.waits:
        waiting = ", ".join(where.waits)
        return (
            f"{you}{opens}; not sealed to your key yet: {waiting}",
            f"  {people(where.admits)} has to run: gitseal rekey",
        )
    if not where.opens:
        return (f"{you}, which opens no environment to you", "  see who opens what: gitseal recipient list")
    return (f"{you}{opens}",)


def advised(find_project: "Callable[[], Project]", keyring: "Keyring", error: "NotForYou") -> "NotForYou":
    """The error with what helps: a passphrase to be typed, an identity to be made, a line to be sent, somebody to be asked.

    `find_project` may raise Error: a backup is opened in a repository without a project too.
    """
    failure = keyring.failure()
    if failure is not None:
        return type(error)(error.message, "; ".join(filter(None, (failure.message, failure.hint))))
    try:
        project = find_project()
        where = membership(project, keyring)
    except Error:
        return type(error)(error.message, error.hint or "see what was tried with: gitseal whoami")
    usual = _hint(project, keyring, where, error.hint)
    in_cloud = keyring.cloud_failure()
    is_somebody = any(True for _ in keyring.everywhere())
    # A member of the project has their own key, whatever a key service says to them.
    if in_cloud is None or (is_somebody and where.name):
        return type(error)(error.message, usual)
    told = "; ".join(filter(None, (in_cloud.message, in_cloud.hint)))
    return type(error)(error.message, f"{told}; or {usual}" if is_somebody else told)


def _signing_in(keyring: "Keyring") -> list[str]:
    """What is missing for the cloud keys that could open this. It comes first: in a job there is nothing to make."""
    lacks = keyring.cloud_lacks()
    if lacks:
        return list(dict.fromkeys("; ".join(filter(None, (lack.message, lack.hint))) for lack in lacks))
    keys = keyring.cloud_places()
    return [f"sign in to the key service of {'; or of '.join(map(_needing, keys))}"] if keys else []


def _needing(key: str) -> str:
    from gitseal.recipients.clouds.locators import PROVIDERS

    return f"{key} ({PROVIDERS[key.partition(':')[0]].needs})"


def _hint(project: "Project", keyring: "Keyring", where: Membership, hint: str) -> str:
    if not where.is_known:
        ways = [*_signing_in(keyring), make_an_identity(project, where.admits)]
        return f"{'; or '.join(ways)}; see what was tried: gitseal whoami"
    if where.recipient and not where.name and not where.opens:
        ask = "ask in a pull request: gitseal recipient request; or " if project.repository else ""
        return f"the policy does not know your key; {ask}send it to {people(where.admits)}: {where.recipient}"
    if hint:
        return hint
    if where.waits:
        return f"not sealed to your key yet: {', '.join(where.waits)}; {people(where.admits)} has to run: gitseal rekey"
    return f"ask {people(where.admits)}; see what you open: gitseal whoami"
