"""`gitseal recipient`."""

from gitseal.cli import declare, output
from gitseal.cli.options import accept_recipient_option, cloud_key_options, json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error, UsageError, shell_quoted
from gitseal.report.plurals import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitseal.project.given_keys import OfferedKey
    from gitseal.recipients.clouds.asking import Asker
    from gitseal.usecases.recipient import Opening

_REKEY = "bring the files to the policy with: gitseal rekey"


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
@cloud_key_options
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
    kms: str,
    public: str,
    yes: bool,
    accept: tuple[str, ...],
) -> None:
    """Add a person or machine to the policy, or give them more.

    KEY is age1..., the recipient of an age plugin, an SSH public key ("ssh-ed25519 AAAA...", in quotes), a file of such lines, or
    the page of a Git host that has them (https://HOST/bob.keys). Keys that you did not type are shown with their fingerprints; if
    somebody else may have written them, it asks. For somebody who is in the policy already, it adds keys, groups and
    environments. gitseal rekey then gives them the files.

    --from-request takes the keys that somebody put on a branch with gitseal recipient request, and the name, unless you give
    another. Neither is believed: it shows each key with its fingerprint and asks; ask the person, too.

    --kms takes a key that a key service keeps, so that whoever may decrypt with it there opens the values, and no private key
    lies anywhere. It fetches the public half, of the newest version if you name none, shows it with its fingerprint and asks;
    --yes says yes to a locator that you typed, and to no key that somebody else may have written. With --public nothing is
    fetched.

    Examples:
      gitseal recipient add bob age1rf2ha5594kary7skq0tsfxa79ux6axt333r8z2pxwxc8tez9g54se53jmm --open production
      gitseal recipient add bob bob.pub --group team
      gitseal recipient add ci-deploy "$(cat ci.pub)" --machine --open production
      gitseal recipient add deploy --kms vault:transit/keys/deploy --machine --open production
      gitseal recipient add deploy --kms vault:transit/keys/deploy@1 --public deploy.pem --machine --open production
    """
    from gitseal.usecases.recipient import add_recipient, openings

    name, offered = _offered(session, name, request)
    in_cloud = _cloud_key(session, kms, public, yes=yes)
    given = [*in_cloud, *(key for text in keys for key in _given(session, text))]
    said = session.confirmed(
        accept,
        lambda workspace: add_recipient(
            workspace,
            name,
            (*given, *offered),
            groups=_split(groups),
            opens=_split(opens),
            email=email,
            machine=machine,
        ),
    )
    for words in said or (f"nothing to change for {name}",):
        say(words)
    if said:
        _say_opened(name, openings(session.project, name))


def _offered(session: Session, name: str, request: str) -> "tuple[str, list[OfferedKey]]":
    """The name to add, and the keys that others wrote down: shown whole, for a person is going to be asked about them."""
    from gitseal.project import join_requests
    from gitseal.project.given_keys import OfferedKey

    if not request:
        if not name:
            raise UsageError("whom to add?", "give a name and a key, or a request with --from-request")
        return name, []
    asked = join_requests.read(session.project.git(), request)
    say(f"{asked.place} asks for {asked.name}" + (f", to be added as {name}" if name not in {"", asked.name} else ""))
    _show(asked.keys)
    say(*asked.left_out)
    return name or asked.name, [OfferedKey(key, asked.place) for key in asked.keys]


def _given(session: Session, text: str) -> "Sequence[str | OfferedKey]":
    """The keys that one argument stands for: shown whole if nobody typed them."""
    from gitseal.project.given_keys import given_keys

    keys, left_out, is_shown = given_keys(session.project, text)
    if is_shown:
        say(f"{text} has {plural(len(keys), 'key')}")
        _show(key if isinstance(key, str) else key.key for key in keys)
    say(*left_out)
    return keys


def _cloud_key(session: Session, locator: str, public: str, *, yes: bool) -> "Sequence[str | OfferedKey]":
    """The recipient of a key in a key service, shown whole. Without `yes` a person is asked about it."""
    if not locator:
        if public:
            raise UsageError(
                "--public belongs to a key in a key service", "name it with --kms, or leave the option out"
            )
        # With --yes alone nothing is left to say: a typed key asks nothing, and what others wrote needs a yes of its own.
        return ()
    from gitseal.project import cloud_keys
    from gitseal.project.given_keys import OfferedKey
    from gitseal.recipients.cloud_text import place_of

    key: str | OfferedKey
    if public:
        key, source = cloud_keys.from_file(session.project, locator, public), public
    else:
        from gitseal.project.belief import configured

        source = locator.partition(":")[0]
        configured.check(session.project.repository, source, session.environ)
        key = cloud_keys.fetched(_asker(session), locator)
    text = key if isinstance(key, str) else key.key
    say(f"{place_of(text)} has this public half")
    _show([text])
    # Nobody typed it, wherever it is from: it is a yes to the locator that makes it known.
    return [key if yes or isinstance(key, OfferedKey) else OfferedKey(key, source)]


def _asker(session: Session) -> "Asker":
    import time

    from gitseal.cli.identity_questions import ask_passphrase
    from gitseal.recipients.clouds.asking import Asker

    return Asker(session.environ, time.sleep, ask_passphrase)


def _show(keys: "Iterable[str]") -> None:
    from gitseal.recipients.fingerprint import fingerprint

    for key in keys:
        say(f"  {key}", f"  fingerprint {fingerprint(key)}")


def _say_opened(name: str, rows: "Sequence[Opening]") -> None:
    """Says what somebody opens once the files follow the policy, and what not; if that is nothing, how to change it."""
    opened = [row for row in rows if row.is_open]
    if not opened:
        say(f"{name} opens nothing yet")
        for row in rows[:1]:
            again = f"gitseal recipient add {shell_quoted(name)} --open {shell_quoted(row.environment)}"
            say(f"  decide what they open, for example: {again}")
        return
    say(f"{name} will open {', '.join(map(_opening, opened))}")
    closed = [row.environment for row in rows if not row.is_open]
    if closed:
        say(f"{name} will not open {', '.join(closed)}")
    say(_REKEY)


def _opening(row: "Opening") -> str:
    if row.closed:
        return f"{row.environment} ({row.opened} of {plural(row.opened + row.closed, 'name')})"
    return f"{row.environment} ({plural(row.opened, 'name')})" if row.opened else row.environment


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
def remove(session: Session, name: str) -> None:
    """Remove a person or machine from the policy and its groups.

    gitseal rekey then takes the files away from them; gitseal offboard does both at once. They still know what they have read, so
    set new values.

    Examples:
      gitseal recipient remove bob
    """
    from gitseal.usecases.recipient import remove_recipient

    left = remove_recipient(session.project, name)
    say(f"removed {name}" + (f" (was in {', '.join(left)})" if left else ""), _REKEY)


@command.command("remove-key")
@declare.argument("name")
@declare.argument("key")
def remove_key(session: Session, name: str, key: str) -> None:
    """Remove one key that a person or machine has lost.

    Another one has to be left. If it signs commits too, it no longer does. gitseal rekey then takes the files away from it;
    gitseal offboard with --key does both at once, and reports what the key could open. A key that is only renewed is
    replaced: gitseal recipient replace-key.

    Examples:
      gitseal recipient remove-key bob "$(cat lost.pub)"
    """
    from gitseal.project import cloud_keys
    from gitseal.usecases import recipient

    recipient.remove_key(session.project, name, cloud_keys.named(session.project.policy, key))
    say(f"took a key from {name}", _REKEY)


@command.command("replace-key")
@declare.argument("old")
@declare.argument("new", default="")
@cloud_key_options
@accept_recipient_option
def replace_key(
    session: Session, *, old: str, new: str, kms: str, public: str, yes: bool, accept: tuple[str, ...]
) -> None:
    """Put the new key of a person or machine in the place of an old one.

    In history this is a renewal: the old key is not lost, so nobody has to set new values. NEW is a key, or a file or page that
    has one, as gitseal recipient add takes it; --kms gives a key in a key service instead, such as its next version. OLD may be
    where a key is in its service, such as vault:transit/keys/deploy@1. gitseal rekey then seals the files to the new key.

    Examples:
      gitseal recipient replace-key "$(cat old.pub)" new.pub
      gitseal recipient replace-key vault:transit/keys/deploy@1 --kms vault:transit/keys/deploy
    """
    from gitseal.project import cloud_keys
    from gitseal.usecases import recipient

    if bool(new) == bool(kms):
        raise UsageError("one key takes the place of the old one", "give it, or --kms with its locator")
    before = cloud_keys.named(session.project.policy, old)
    recipient.holder(session.project, before)  # a key service is asked only if there is something to replace
    keys = [*(_given(session, new) if new else ()), *_cloud_key(session, kms, public, yes=yes)]
    if len(keys) != 1:
        raise Error(f"{new} has {len(keys)} keys, and one takes the place of another", "give the one itself")
    name = session.confirmed(accept, lambda workspace: recipient.replace_key(workspace, before, keys[0]))
    say(f"replaced a key of {name}", _REKEY)
