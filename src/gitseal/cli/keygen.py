"""`gitseal keygen`."""

from pathlib import Path

from gitseal.cli import declare, output
from gitseal.cli.session import Session, say


@declare.command("keygen")
@declare.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    is_path=True,
    help="Write the identity here (0600); never over a file.",
)
@declare.option("--pq", is_flag=True, help="Make a post-quantum key, age1pq1...; its recipient has 1,959 characters.")
def command(_session: Session, file: str | None, *, pq: bool) -> None:
    """Make a new identity and print its recipient, the public key.

    Others seal values to the recipient. With -o the identity goes into a new file. Without -o it is printed with its recipient,
    in the form of an identity file.

    Examples:
      gitseal keygen -o ~/.config/gitseal/identity.txt
      gitseal keygen -o deploy-identity.txt
      gitseal keygen --pq -o identity-pq.txt
    """
    from gitseal.usecases.keygen import keygen

    path = Path(file) if file is not None else None
    made = keygen(path, is_post_quantum=pq)
    if path is None:
        output.text(made.text.reveal().decode().removesuffix("\n") + "\n")
        return
    output.line(made.recipient)
    say(f'wrote the identity to "{path}"; keep it private, and keep a copy')
