"""`gitseal schema`."""

from gitseal.cli import declare, output
from gitseal.cli.session import Session


@declare.command("schema")
@declare.argument("file", choices=["policy", "manifest"])
def command(_session: Session, file: str) -> None:
    """Print the JSON Schema of policy.yaml or manifest.yaml, for editors.

    init puts both into .secrets/schema and names them in the files; this brings them to a newer gitseal.
    """
    from gitseal.policy import schema

    output.text(schema.serialise(schema.of(file)))
