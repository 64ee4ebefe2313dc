"""`gitseal set`."""

from gitseal.cli import declare
from gitseal.cli.incoming import as_it_came, incoming
from gitseal.cli.options import accept_options, environment_option, local_option, replace_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say_set
from gitseal.document import value
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error, UsageError, shell_quoted
from gitseal.records import NamedTuple
from gitseal.yamltext import scalars
from gitseal.yamltext.tree import NamePath

_TYPES = [kind.word for kind in ValueType]


@declare.command("set")
@declare.argument("values", metavar="NAME=VALUE... | NAME...", nargs=-1, complete=declare.NAMES)
@environment_option()
@declare.option(
    "--file",
    "source",
    metavar="FILE",
    is_path=True,
    help="Take the value from this file, byte for byte.",
)
@declare.option("--trim", is_flag=True, help="Leave out the line end after a value from standard input or a file.")
@declare.option("--confirm", is_flag=True, help="Ask for the value twice at the terminal.")
@declare.option("--from-env", is_flag=True, help="Take each value from the environment variable of the same name.")
@declare.option(
    "--generate",
    metavar="KIND",
    help="Make a random value, a different one in each environment: hex:N, base64:N, base64url:N, password:N, uuid; or a key"
    " pair, whose public half goes into NAME_PUBLIC: ed25519, ssh-ed25519, x25519, ec:p256, rsa:N.",
)
@declare.option("--type", "type_name", choices=_TYPES, default="text", show_default=True, help="The type to store.")
@declare.option("--plain", is_flag=True, help="Leave new names plain if a rule of the policy says so too.")
@declare.option("--create-only", is_flag=True, help="Refuse names that exist already.")
@declare.option("--update-only", is_flag=True, help="Refuse names that do not exist yet.")
@replace_option
@local_option
@accept_options
def command(
    session: Session,
    *,
    values: tuple[str, ...],
    environments: tuple[str, ...],
    source: str | None,
    trim: bool,
    confirm: bool,
    from_env: bool,
    generate: str | None,
    type_name: str,
    plain: bool,
    create_only: bool,
    update_only: bool,
    replace: bool,
    local: bool,
    accept: tuple[str, ...],
) -> None:
    """Set values in one or several environments.

    A value comes from --file, --from-env, --generate, standard input, or the terminal, where you type or paste it unseen. Prefer
    these to NAME=VALUE for real secrets: other processes on this machine can see arguments, and shells keep them. Standard input
    is taken byte for byte; --trim leaves out a line end. All values are set, or none.

    Examples:
      gitseal set -e production DATABASE_URL
      gitseal set -e development,production --generate hex:32 SESSION_KEY
      gitseal set -e production --file server.key TLS_KEY
      pass show stripe | gitseal set -e production --trim STRIPE_API_KEY
    """
    from gitseal.usecases.set_ import require_plain_rule, set_values

    if not values:
        raise _without_name(environments)
    if create_only and update_only:
        raise UsageError("--create-only and --update-only exclude each other", "give one of them")
    project, chosen = session.where(environments, local=local, make=True)
    kind = next(kind for kind in ValueType if kind.word == type_name)
    sources = _Sources(source, generate, from_env=from_env, trims=trim, asks_twice=confirm)
    given = _Values(session, kind, chosen, sources)
    stored = given.all(values)
    if plain:
        require_plain_rule(project, chosen, (*stored, *given.generated))
    done = session.confirmed(
        accept,
        lambda workspace: set_values(
            workspace._replace(replaces_unread=replace),
            chosen,
            stored,
            generated=given.generated,
            plain=plain,
            create_only=create_only,
            update_only=update_only,
        ),
        project,
    )
    say_set(done)


def _without_name(environments: tuple[str, ...]) -> UsageError:
    options = " ".join(f"-e {shell_quoted(environment)}" for environment in environments)
    example = f"gitseal set {options} DATABASE_URL".replace("  ", " ")
    return UsageError("set needs the name of a value, such as DATABASE_URL", f"for example: {example}")


class _Sources(NamedTuple):
    """The sources of the values of one command line that are not in its arguments."""

    file: str | None
    generate: str | None
    from_env: bool
    trims: bool
    asks_twice: bool


class _Values:
    """The values of one command line."""

    def __init__(self, session: Session, kind: ValueType, environments: tuple[str, ...], sources: _Sources) -> None:
        if sum((sources.file is not None, sources.generate is not None, sources.from_env)) > 1:
            raise UsageError("--file, --from-env and --generate exclude each other", "give one of them")
        self.session = session
        self.kind = kind
        self.environments = environments
        self.sources = sources
        self.generated: dict[NamePath, str] = {}

    def all(self, arguments: tuple[str, ...]) -> dict[NamePath, TypedValue]:
        from gitseal.project.names import parse_name

        sources = self.sources
        values: dict[NamePath, TypedValue] = {}
        from_elsewhere = sources.file is not None or sources.generate is not None or sources.from_env
        for number, argument in enumerate(arguments, 1):
            name, equals, content = argument.partition("=")
            if not all(scalars.is_name(part) for part in name.split("/")):
                # Not repeated: who forgot the name has typed a value here.
                raise UsageError(
                    f"argument {number} is neither NAME nor NAME=VALUE",
                    "a name begins with a letter or _, then letters, digits, _, . and -; sections: api/TOKEN",
                )
            path = parse_name(name)
            if path in values or path in self.generated:
                raise UsageError(f'"{name}" is given twice', "give each name once")
            if equals and from_elsewhere:
                raise UsageError(
                    f'"{name}" has a value here, and an option that gives it another one',
                    "give the name without a value, or leave out the option",
                )
            if sources.generate is not None:
                self.generated[path] = sources.generate
            elif equals:
                values[path] = self.checked(content.encode("utf-8", "surrogateescape"))
            else:
                values[path] = self.one(name, len(arguments))
        return values

    def one(self, name: str, count: int) -> TypedValue:
        if self.sources.from_env:
            return self.checked(self.variable(name))
        if count > 1:
            raise UsageError(
                "several names have no value", "give NAME=VALUE, --from-env or --generate; or one name at a time"
            )
        if self.kind is ValueType.NULL:
            return self.checked(b"")
        if self.sources.file is not None:
            from gitseal.files.reading import read_named

            return self.as_it_came(name, read_named(self.sources.file))
        content, is_typed = incoming(
            name, self.environments, f"gitseal set {shell_quoted(name)}=", asks_twice=self.sources.asks_twice
        )
        return self.checked(content) if is_typed else self.as_it_came(name, content)

    def as_it_came(self, name: str, content: bytes) -> TypedValue:
        return self.checked(as_it_came(name, content, is_text=self.kind is ValueType.TEXT, trims=self.sources.trims))

    def variable(self, name: str) -> bytes:
        variable = name.rpartition("/")[2]
        content = self.session.environ.get(variable)
        if content is None:
            raise Error(
                f'there is no environment variable "{variable}"',
                f"export it first, or: gitseal set {shell_quoted(name)}",
            )
        return content.encode("utf-8", "surrogateescape")

    def checked(self, content: bytes) -> TypedValue:
        return value.checked(self.kind, content)
