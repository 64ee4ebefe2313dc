"""`gitseal keygen`."""

from pathlib import Path

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import UsageError


@declare.command("keygen")
@declare.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    is_path=True,
    help="Write the identity here (0600); never over a file.",
)
@declare.option("--keychain", is_flag=True, help="Put the identity into the system's keychain, and into no file.")
@declare.option("--pq", is_flag=True, help="Make a post-quantum key, age1pq1...; its recipient has 1,959 characters.")
def command(session: Session, file: str | None, *, keychain: bool, pq: bool) -> None:
    """Make a new identity and print its recipient, the public key.

    Others seal values to the recipient. With -o the identity goes into a new file, with --keychain into the keychain, beside
    those that are there. With neither it is printed with its recipient, in the form of an identity file.

    Examples:
      gitseal keygen -o ~/.config/gitseal/identity.txt
      gitseal keygen -o deploy-identity.txt
      gitseal keygen --pq -o identity-pq.txt
      gitseal keygen --keychain
    """
    from gitseal.usecases.keygen import keygen, keygen_into_keychain

    if keychain:
        if file is not None:
            raise UsageError("an identity goes into a file or into the keychain", "leave out -o or --keychain")
        output.line(keygen_into_keychain(session.environ, is_post_quantum=pq))
        say("put the identity into the keychain, which has the only copy; see what it opens: gitseal whoami")
        return
    path = Path(file) if file is not None else None
    made = keygen(path, is_post_quantum=pq)
    if path is None:
        output.text(made.text.reveal().decode().removesuffix("\n") + "\n")
        return
    output.line(made.recipient)
    say(f'wrote the identity to "{path}"; keep it private, and keep a copy')
