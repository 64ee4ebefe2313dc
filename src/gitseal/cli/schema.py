"""`gitseal schema`."""

from gitseal.cli import declare, output
from gitseal.cli.session import Session


@declare.command("schema")
@declare.argument("file", choices=["policy", "manifest"])
def command(_session: Session, file: str) -> None:
    """Print the JSON Schema of policy.yaml or manifest.yaml.

    Editors use it. gitseal init puts both into .secrets/schema; print them again after an upgrade of gitseal.

    Examples:
      gitseal schema policy > .secrets/schema/policy.json
      gitseal schema manifest
    """
    from gitseal.policy import schema

    output.text(schema.serialise(schema.of(file)))
