"""`gitseal schema`."""

import click


@click.command("schema")
@click.argument("file", type=click.Choice(["policy", "manifest"]))
def command(file: str) -> None:
    """Print the JSON Schema of policy.yaml or manifest.yaml, for editors.

    init puts both into .secrets/schema and names them in the files; this brings them to a newer gitseal.
    """
    from gitseal.policy import schema

    click.echo(schema.serialise(schema.of(file)), nl=False)
