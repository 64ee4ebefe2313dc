"""`gitseal keygen`."""

from pathlib import Path

import click

from gitseal.cli.session import say


@click.command("keygen")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the identity here (0600); never over a file.",
)
def command(output: Path | None) -> None:
    """Make a new identity and print its recipient, the public key that others seal to.

    Without -o the identity itself is printed too, as an identity file.
    """
    from gitseal.usecases.keygen import keygen

    made = keygen(output)
    if output is None:
        click.echo(made.text.reveal().decode(), nl=False)
        return
    click.echo(made.recipient)
    say(f'wrote the identity to "{output}"; keep it private, and keep a copy')
