"""`gitseal completion`."""

from gitseal.cli import declare, output
from gitseal.cli.session import Session


@declare.command("completion")
@declare.argument("shell", choices=["bash", "zsh", "fish"])
def command(_session: Session, shell: str) -> None:
    """Print the completion script of a shell.

    Commands, options, environments and names complete. Put the line for your shell into ~/.bashrc, ~/.zshrc or
    ~/.config/fish/config.fish.

    Examples:
      eval "$(gitseal completion bash)"
      eval "$(gitseal completion zsh)"
      gitseal completion fish | source
    """
    from click.shell_completion import get_completion_class

    from gitseal.cli import by_click
    from gitseal.cli.main import run

    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - the choice above is of click's own classes
    output.text(made(by_click.program(run), {}, "gitseal", "_GITSEAL_COMPLETE").source() + "\n")
