"""`gitseal rotate`."""

from gitseal.cli import declare
from gitseal.cli.incoming import as_it_came, incoming
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.session import Session, say
from gitseal.errors import Error, UsageError, shell_quoted
from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitseal.sealing.change import SetResult
    from gitseal.sealing.rotating import NewValue
    from gitseal.yamltext.tree import NamePath


class _Ending(NamedTuple):
    """The options that end a rotation which another command began; at most one is given."""

    finish: bool
    resume: bool
    abandon: bool


@declare.command(
    "rotate",
    too_many="write a command after --, and leave a value out: it comes from standard input, or you type it unseen",
)
@declare.argument("name", complete=declare.NAMES)
@environment_option()
@declare.option(
    "--generate",
    metavar="KIND",
    help="Make the new value, another one in each environment. The kinds are those of gitseal set.",
)
@declare.option("--trim", is_flag=True, help="Leave out the line end after a value from standard input.")
@declare.option("--keep-previous", is_flag=True, help="Keep the old value as NAME_PREVIOUS until --finish.")
@declare.option("--finish", is_flag=True, help="Take NAME_PREVIOUS out: nothing uses the old value any more.")
@declare.option("--minted", is_flag=True, help="The command makes the new value and prints it on standard output.")
@declare.option("--resume", is_flag=True, help="Go on with a rotation that stopped, with the new value that it had.")
@declare.option("--abandon", is_flag=True, help="Drop the new value of a rotation that stopped.")
@accept_options
@declare.argument("arguments", metavar="[-- COMMAND [ARG...]]", nargs=-1, after_dashes=True)
def command(
    session: Session,
    *,
    name: str,
    environments: tuple[str, ...],
    generate: str | None,
    trim: bool,
    keep_previous: bool,
    finish: bool,
    minted: bool,
    resume: bool,
    abandon: bool,
    arguments: tuple[str, ...],
    accept: tuple[str, ...],
) -> None:
    """Give a name a new value, here and at its provider.

    The value is made by --generate, else by the generator that the manifest names for it (generate), another one in each
    environment. Without either it comes from standard input, or you type or paste it unseen, and every environment gets it. A
    key pair gets both halves.

    A command after -- tells the provider. It is started once for each environment, without a shell, and reads a line of JSON
    with old, new, name and environment on standard input. The new value is on the disk before, sealed, and in the file after
    the command succeeded. If the command fails, or this machine stops, gitseal says how to go on.

    Without an identity that opens the name, only a value that the manifest says how to generate can be rotated, and no key
    pair. A member has to absorb it.

    Examples:
      gitseal rotate API -e production --generate hex:32
      gitseal rotate API -e production --generate hex:32 --keep-previous
      gitseal rotate API -e production --generate hex:32 -- ./migrate.sh
    """
    from gitseal.project.names import parse_name
    from gitseal.usecases import rotate

    ending = _Ending(finish, resume, abandon)
    _check(ending, generate, arguments, keeps_previous=keep_previous, is_minted=minted)
    path = parse_name(name)
    session.is_rotating = True
    chosen = session.some(environments)
    if finish:
        for environment, gone in session.confirmed(accept, lambda workspace: rotate.finish(workspace, chosen, path)):
            say(f"{environment}: removed {gone}")
        return
    if abandon:
        for environment in rotate.abandon(session.project, chosen, path):
            say(f"{environment}: dropped the new value of {name}; the file keeps the old one")
        return
    if resume and not arguments:
        _tell(name, session.confirmed(accept, lambda workspace: rotate.resume(workspace, chosen, path)))
        return
    new = None if minted or resume else _new_value(session, path, chosen, generate, trims=trim)
    if arguments:
        from gitseal.cli.rotating import hand_over

        job = rotate.Job(chosen, path, new, keep_previous, resume)
        for done in hand_over(session, job, arguments, accept):
            _tell(name, done, new.kind if new else "")
        return
    assert new is not None  # noqa: S101 - `_check` wants a command for --minted
    done = session.confirmed(
        accept, lambda workspace: rotate.rotate(workspace, chosen, path, new, keeps_previous=keep_previous)
    )
    _tell(name, done, new.kind)


def _check(
    ending: _Ending, generate: str | None, arguments: tuple[str, ...], *, keeps_previous: bool, is_minted: bool
) -> None:
    """Raises UsageError for options that contradict each other."""
    ends = [f"--{word}" for word, is_given in ending._asdict().items() if is_given]
    others = {"--generate": generate is not None, "--keep-previous": keeps_previous, "--minted": is_minted}
    given = [*ends, *(word for word, is_given in others.items() if is_given and ends)]
    if generate is not None and is_minted:
        given = ["--generate", "--minted"]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given[:2])} exclude each other", "give one of them")
    if arguments and (ending.finish or ending.abandon):
        raise UsageError(f"{ends[0]} starts no command", "leave the command out")
    if is_minted and not arguments:
        raise UsageError("--minted needs a command that makes the value", "give it after --")


def _tell(name: str, results: "Iterable[SetResult]", kind: str = "") -> None:
    for done in results:
        made = f" ({kind})" if kind and done.name == name else ""
        told = f"{done.environment}: {'rotated' if done.name == name else done.outcome.value} {done.name}{made}"
        if done.name == f"{name}_PREVIOUS":
            rotate = f"gitseal rotate {shell_quoted(name)} -e {shell_quoted(done.environment)}"
            told += f"; when nothing uses the old value any more: {rotate} --finish"
        if done.outcome.value == "written unseen":
            absorb = f"gitseal absorb {shell_quoted(done.name)} -e {shell_quoted(done.environment)}"
            told += f", unread; a member takes it over with: {absorb}"
        say(told)


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
