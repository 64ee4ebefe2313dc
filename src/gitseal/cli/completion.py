"""`gitseal completion`."""

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    r"""Print the completion script of a shell: commands, options, environments and names complete.

    \b
    bash:  eval "$(gitseal completion bash)"    in ~/.bashrc
    zsh:   eval "$(gitseal completion zsh)"     in ~/.zshrc
    fish:  gitseal completion fish | source     in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - the choice above is of click's own classes
    root = ctx.find_root().command
    click.echo(found(root, {}, "gitseal", "_GITSEAL_COMPLETE").source())
