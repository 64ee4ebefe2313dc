"""`gitseal recipient`."""

from gitseal.cli import declare, output
from gitseal.cli.options import accept_recipient_option, json_option
from gitseal.cli.session import Session, say
from gitseal.errors import UsageError, shell_quoted
from gitseal.report.plurals import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.usecases.recipient import OfferedKey


@declare.group("recipient", request="gitseal.cli.request")
def command() -> None:
    """Add, list or remove people and machines, or ask to be added.

    They are in the policy, with the public keys that values are sealed to.

    Examples:
      gitseal recipient list
      gitseal recipient remove bob
    """


@command.command("add")
@declare.argument("name", metavar="[NAME]", default="")
@declare.argument("keys", metavar="[KEY...]", nargs=-1)
@declare.option(
    "--from-request",
    "request",
    default="",
    metavar="BRANCH",
    help="Take name and keys from a request: origin/join/bob.",
)
@declare.option("--group", "groups", multiple=True, metavar="GROUP", help="Put them into this group; may repeat.")
@declare.option("--open", "opens", multiple=True, metavar="ENV", help="Let them open this environment; may repeat.")
@declare.option("--email", default="", metavar="EMAIL", help="Their email.")
@declare.option("--machine", is_flag=True, help="This is a machine, such as a deploy job.")
@accept_recipient_option
def add(
    session: Session,
    *,
    name: str,
    keys: tuple[str, ...],
    request: str,
    groups: tuple[str, ...],
    opens: tuple[str, ...],
    email: str,
    machine: bool,
    accept: tuple[str, ...],
) -> None:
    """Add a person or machine to the policy, or give them more.

    KEY is age1..., the recipient of an age plugin, or an SSH public key ("ssh-ed25519 AAAA...", in quotes). For somebody who is
    in the policy already, it adds keys, groups and environments. gitseal rekey then gives them the files.

    --from-request takes the keys that somebody put on a branch with gitseal recipient request, and the name, unless you give
    another. Neither is believed: it shows each key with its fingerprint and asks; ask the person, too.

    Examples:
      gitseal recipient add bob age1rf2ha5594kary7skq0tsfxa79ux6axt333r8z2pxwxc8tez9g54se53jmm --open production
      gitseal recipient add bob "$(cat bob.pub)" --group team
      gitseal recipient add ci-deploy "$(cat ci.pub)" --machine --open production
    """
    from gitseal.usecases.recipient import add_recipient, opened_by

    name, offered = _offered(session, name, request)
    said = session.confirmed(
        accept,
        lambda workspace: add_recipient(
            workspace,
            name,
            (*keys, *offered),
            groups=_split(groups),
            opens=_split(opens),
            email=email,
            machine=machine,
        ),
    )
    for words in said or (f"nothing to change for {name}",):
        say(words)
    if said:
        _say_opened(name, opened_by(session.project, name), session.project.environments)


def _offered(session: Session, name: str, request: str) -> "tuple[str, list[OfferedKey]]":
    """The name to add, and the keys that others wrote down: shown whole, for a person is going to be asked about them."""
    from gitseal.project import join_requests
    from gitseal.recipients.fingerprint import fingerprint
    from gitseal.usecases.recipient import OfferedKey

    if not request:
        if not name:
            raise UsageError("whom to add?", "give a name and a key, or a request with --from-request")
        return name, []
    asked = join_requests.read(session.project.git(), request)
    say(f"{asked.place} asks for {asked.name}" + (f", to be added as {name}" if name not in {"", asked.name} else ""))
    for key in asked.keys:
        say(f"  {key}", f"  fingerprint {fingerprint(key)}")
    say(*asked.left_out)
    return name or asked.name, [OfferedKey(key, asked.place) for key in asked.keys]


def _say_opened(name: str, opened: dict[str, int], environments: tuple[str, ...]) -> None:
    """Says what somebody opens once the files follow the policy; if that is nothing, how to change it."""
    if opened:
        places = (f"{place} ({plural(count, 'name')})" if count else place for place, count in opened.items())
        say(f"{name} will open {', '.join(places)}", "bring the files to the policy with: gitseal rekey")
    else:
        say(f"{name} opens nothing yet")
        for environment in environments[:1]:
            say(
                f"  decide what they open, for example: gitseal recipient add {shell_quoted(name)} --open {environment}"
            )


def _split(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for words in given for part in words.split(",") if part)


@command.command("list")
@json_option
def list_(session: Session, as_json: bool) -> None:
    """List the people and machines with their keys and environments.

    Examples:
      gitseal recipient list
      gitseal recipient list --json
    """
    from gitseal.usecases.recipient import list_recipients

    rows = list_recipients(session.project)
    if as_json:
        output.as_json([row._asdict() for row in rows])
        return
    head = ("NAME", "KIND", "GROUPS", "ENVIRONMENTS", "KEY")
    output.table(
        head,
        (
            (row.name, row.kind, ", ".join(row.groups), ", ".join(row.environments), key)
            for row in rows
            for key in (row.keys or ("(none)",))
        ),
    )


@command.command("remove")
@declare.argument("name")
@declare.option("--key", default="", metavar="KEY", help="Remove only this key; another one has to be left.")
def remove(session: Session, name: str, key: str) -> None:
    """Remove a person or machine from the policy and its groups.

    gitseal rekey then takes the files away from them. They still know what they have read, so set new values.

    Examples:
      gitseal recipient remove bob
    """
    from gitseal.usecases.recipient import remove_key, remove_recipient

    if key:
        remove_key(session.project, name, key)
        say(f"took a key from {name}")
        say("bring the files to the policy with: gitseal rekey")
        return
    left = remove_recipient(session.project, name)
    say(f"removed {name}" + (f" (was in {', '.join(left)})" if left else ""))
    say("bring the files to the policy with: gitseal rekey")
