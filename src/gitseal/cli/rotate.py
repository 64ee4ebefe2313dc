"""`gitseal rotate`."""

from gitseal.cli import declare
from gitseal.cli.incoming import as_it_came, incoming
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
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


class _Making(NamedTuple):
    """The options that say what the new value is, and what becomes of the old one."""

    generate: str | None
    trims: bool
    keeps_previous: bool
    is_minted: bool


@declare.command(
    "rotate",
    too_many="write a command after --, and leave a value out: it comes from standard input, or you type it unseen",
)
@declare.argument("name", complete=declare.NAMES)
@environment_option()
@declare.option(
    "--generate",
    metavar="KIND",
    help="Make the new value, a different one in each environment. The kinds are those of gitseal set.",
)
@declare.option("--trim", is_flag=True, help="Leave out the line end after a value from standard input.")
@declare.option("--keep-previous", is_flag=True, help="Keep the old value as NAME_PREVIOUS until --finish.")
@declare.option("--finish", is_flag=True, help="Take NAME_PREVIOUS out: nothing uses the old value any more.")
@declare.option("--minted", is_flag=True, help="The command makes the new value and prints it on standard output.")
@declare.option("--resume", is_flag=True, help="Go on with a rotation that stopped, with the new value that it had.")
@declare.option("--abandon", is_flag=True, help="Drop the new value of a rotation that stopped.")
@declare.option("--replace", is_flag=True, help="With --resume: put it in the place of what was set meanwhile.")
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
    replace: bool,
    arguments: tuple[str, ...],
    accept: tuple[str, ...],
) -> None:
    """Give a name a new value, here and at its provider.

    The value is made by --generate, else by the generator that the manifest names for it (generate), a different one in each
    environment. Without either it comes from standard input, or you type or paste it unseen, and every environment gets it. A
    key pair gets both halves.

    A command after -- tells the provider. It is started once for each environment, without a shell, and reads a line of JSON
    with old, new, name and environment on standard input. Before it starts, the new value is on the disk, sealed; after it
    succeeded, the value is in the file. If the command fails, or this machine stops, gitseal says how to go on.

    Without an identity that opens the name, only a value that the manifest says how to generate can be rotated, and no key
    pair. A member has to absorb it.

    Examples:
      gitseal rotate API -e production --generate hex:32
      gitseal rotate API -e production --generate hex:32 --keep-previous
      gitseal rotate API -e production --generate hex:32 -- ./migrate.sh
    """
    from gitseal.project.names import parse_name

    ending = _Ending(finish, resume, abandon)
    making = _Making(generate, trim, keep_previous, minted)
    _check(ending, making, arguments, replaces=replace)
    path = parse_name(name)
    session.is_rotating = True
    chosen = session.some(environments)
    if any(ending) and not (resume and arguments):
        _end(session, ending, chosen, path, accept, replaces=replace)
    else:
        _rotate(session, making, chosen, path, arguments, accept, resumes=resume, replaces=replace)


def _check(ending: _Ending, making: _Making, arguments: tuple[str, ...], *, replaces: bool) -> None:
    """Raises UsageError for options that contradict each other."""
    ends = [f"--{word}" for word, is_given in ending._asdict().items() if is_given]
    others = {
        "--generate": making.generate is not None,
        "--keep-previous": making.keeps_previous,
        "--minted": making.is_minted,
    }
    given = [*ends, *(word for word, is_given in others.items() if is_given and ends)]
    if making.generate is not None and making.is_minted:
        given = ["--generate", "--minted"]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given[:2])} exclude each other", "give one of them")
    if arguments and (ending.finish or ending.abandon):
        raise UsageError(f"{ends[0]} starts no command", "leave the command out")
    if making.is_minted and not arguments:
        raise UsageError("--minted needs a command that makes the value", "give it after --")
    if replaces and not ending.resume:
        raise UsageError("--replace goes with --resume", "leave --replace out: a new rotation replaces what is there")


def _end(
    session: Session,
    ending: _Ending,
    environments: tuple[str, ...],
    path: "NamePath",
    accept: tuple[str, ...],
    *,
    replaces: bool,
) -> None:
    """Ends what another command began, without a command."""
    from gitseal.usecases import rotate

    name = "/".join(path)
    if ending.finish:
        gone = session.confirmed(accept, lambda workspace: rotate.finish(workspace, environments, path))
        for environment, removed in gone:
            say(f"{environment}: removed {removed}")
    elif ending.abandon:
        for environment in rotate.abandon(session.project, environments, path):
            say(f"{environment}: dropped the new value of {name}; the file keeps the value that it has")
    else:
        done = session.confirmed(
            accept, lambda workspace: rotate.resume(workspace, environments, path, replaces=replaces)
        )
        _tell(name, done)


def _rotate(
    session: Session,
    making: _Making,
    environments: tuple[str, ...],
    path: "NamePath",
    arguments: tuple[str, ...],
    accept: tuple[str, ...],
    *,
    resumes: bool,
    replaces: bool,
) -> None:
    """Rotates, by a command if there are arguments."""
    from gitseal.usecases import rotate

    name, keeps_previous = "/".join(path), making.keeps_previous
    new = None if making.is_minted or resumes else _new_value(session, path, environments, making)
    kind = new.kind if new is not None else ""
    if arguments:
        from gitseal.cli.rotating import hand_over

        job = rotate.Job(environments, path, new, keeps_previous, resumes, replaces)
        for done in hand_over(session, job, arguments, accept):
            _tell(name, done, kind)
        return
    assert new is not None  # noqa: S101 - `_check` wants a command for --minted
    results = session.confirmed(
        accept, lambda workspace: rotate.rotate(workspace, environments, path, new, keeps_previous=keeps_previous)
    )
    _tell(name, results, kind)


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


def _new_value(session: Session, path: "NamePath", environments: tuple[str, ...], making: _Making) -> "NewValue":
    from gitseal.document.generated import check_kind
    from gitseal.sealing.rotating import NewValue
    from gitseal.usecases.rotate import check, generator

    kind = making.generate or generator(session.project, path)
    if kind:
        check_kind(kind)
        return NewValue(kind)
    # Nobody types a value that will be refused.
    check(session.workspace, environments, path, keeps_previous=making.keeps_previous)
    name = "/".join(path)
    options = "".join(f"-e {environment} " for environment in environments)
    way_out = f"gitseal rotate {shell_quoted(name)} {options}--generate hex:32"
    content, is_typed = incoming(name, environments, way_out)
    if not content:
        raise Error(f'nothing came on standard input as the new value of "{name}"', f"for a random one: {way_out}")
    given = content if is_typed else as_it_came(name, content, is_text=True, trims=making.trims)
    return NewValue(given=SecretBytes(given))
