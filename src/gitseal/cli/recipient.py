"""`gitseal recipient`."""

from gitseal.cli import declare, output
from gitseal.cli.options import json_option
from gitseal.cli.session import Session, say


@declare.group("recipient")
def command() -> None:
    """People and machines in the policy, and the public keys that values are sealed to."""


@command.command("add")
@declare.argument("name")
@declare.argument("keys", metavar="[KEY...]", nargs=-1)
@declare.option("--group", "groups", multiple=True, metavar="GROUP", help="Put them into this group; may repeat.")
@declare.option("--open", "opens", multiple=True, metavar="ENV", help="Let them open this environment; may repeat.")
@declare.option("--email", default="", metavar="EMAIL", help="Their email.")
@declare.option("--machine", is_flag=True, help="This is a machine, such as a deploy job.")
def add(
    session: Session,
    *,
    name: str,
    keys: tuple[str, ...],
    groups: tuple[str, ...],
    opens: tuple[str, ...],
    email: str,
    machine: bool,
) -> None:
    """Add a person or machine, or further keys, groups and environments to one. Files follow with: gitseal rekey.

    KEY is age1..., an age plugin's recipient, or an SSH public key ("ssh-ed25519 AAAA...", in quotes).
    """
    from gitseal.usecases.recipient import add_recipient

    said = add_recipient(
        session.workspace, name, keys, groups=_split(groups), opens=_split(opens), email=email, machine=machine
    )
    for words in said or (f"nothing to change for {name}",):
        say(words)
    if said:
        say("bring the files to the policy with: gitseal rekey")


def _split(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for words in given for part in words.split(",") if part)


@command.command("list")
@json_option
def list_(session: Session, as_json: bool) -> None:
    """List everyone in the policy with their keys, groups and environments."""
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
@declare.option(
    "--key", default="", metavar="KEY", help="Take only this key from them, which has to leave them another."
)
def remove(session: Session, name: str, key: str) -> None:
    """Take a person or machine out of the policy and all its groups. Files follow with: gitseal rekey.

    Whoever leaves still knows what they have read: rotate those values.
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
