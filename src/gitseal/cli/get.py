"""`gitseal get`."""

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, no_local_option, sops_option
from gitseal.cli.session import Session


@declare.command("get")
@declare.argument("name", complete=declare.NAMES)
@environment_option("The environment. Needed only if there are several.")
@sops_option
@declare.option("--no-newline", is_flag=True, help="Print the exact bytes, without a newline after them.")
@no_local_option
def command(session: Session, name: str, environments: tuple[str, ...], no_newline: bool) -> None:
    """Print one value.

    Nothing else goes to standard output. If the command fails, standard output stays empty.

    Examples:
      gitseal get -e production DATABASE_URL
      gitseal get -e production --no-newline TLS_KEY > tls.key
    """
    session.only_reads = True
    from gitseal.usecases.get import get_value

    environment = session.one(environments)
    value = get_value(session.opened(environment), name)
    session.note_read("get", environment, (name,))
    output.write_bytes(value.reveal() + (b"" if no_newline else b"\n"))
