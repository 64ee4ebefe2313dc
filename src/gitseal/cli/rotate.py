"""`gitseal rotate`."""

from gitseal.cli import declare
from gitseal.cli.incoming import as_it_came, incoming
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.session import Session, say
from gitseal.errors import Error, shell_quoted
from gitseal.hidden import SecretBytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.sealing.rotating import NewValue
    from gitseal.yamltext.tree import NamePath


@declare.command("rotate")
@declare.argument("name", complete=declare.NAMES)
@environment_option()
@declare.option(
    "--generate",
    metavar="KIND",
    help="Make the new value, another one in each environment. The kinds are those of gitseal set.",
)
@declare.option("--trim", is_flag=True, help="Leave out the line end after a value from standard input.")
@accept_options
def command(
    session: Session,
    *,
    name: str,
    environments: tuple[str, ...],
    generate: str | None,
    trim: bool,
    accept: tuple[str, ...],
) -> None:
    """Give a name a new value.

    The value is made by --generate, else by the generator that the manifest names for it (generate), another one in each
    environment. Without either it comes from standard input, or you type or paste it unseen, and every environment gets it. A
    key pair gets both halves. All environments are changed, or none.

    Examples:
      gitseal rotate API -e production --generate hex:32
    """
    from gitseal.project.names import parse_name
    from gitseal.usecases.rotate import rotate

    path = parse_name(name)
    chosen = session.some(environments)
    new = _new_value(session, path, chosen, generate, trims=trim)
    for done in session.confirmed(accept, lambda workspace: rotate(workspace, chosen, path, new)):
        made = f" ({new.kind})" if new.kind and done.name == name else ""
        say(f"{done.environment}: {'rotated' if done.name == name else done.outcome.value} {done.name}{made}")


def _new_value(
    session: Session, path: "NamePath", environments: tuple[str, ...], generate: str | None, *, trims: bool
) -> "NewValue":
    from gitseal.document.generated import check_kind
    from gitseal.sealing.rotating import NewValue
    from gitseal.usecases.rotate import generator

    kind = generate or generator(session.project, path)
    if kind:
        check_kind(kind)
        return NewValue(kind)
    name = "/".join(path)
    options = "".join(f"-e {environment} " for environment in environments)
    way_out = f"gitseal rotate {shell_quoted(name)} {options}--generate hex:32"
    content, is_typed = incoming(name, environments, way_out)
    if not content:
        raise Error(f'nothing came on standard input as the new value of "{name}"', f"for a random one: {way_out}")
    given = content if is_typed else as_it_came(name, content, is_text=True, trims=trims)
    return NewValue(given=SecretBytes(given))
