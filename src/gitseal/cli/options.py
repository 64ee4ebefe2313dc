"""Options that several commands share. Some make one value of several: the function gets that value alone."""

from gitseal.cli import declare
from gitseal.errors import Error, UsageError, shell_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitseal.cli.session import Session

    _Function = Callable[..., Any]
    _Decorator = Callable[[_Function], _Function]


def environment_option(words: str = "Environment: a name, an alias, a comma list or all; may repeat.") -> "_Decorator":
    """`-e/--env`, as `environments`, a tuple of what was given; `GITSEAL_ENV` is its default."""
    return declare.option(
        "-e",
        "--env",
        "environments",
        multiple=True,
        metavar="ENV",
        envvar="GITSEAL_ENV",
        help=words,
        complete=declare.ENVIRONMENTS,
    )


def local_option(function: "_Function") -> "_Function":
    """`--local`, as `local`: this machine's own overrides instead of the environment's file."""
    return declare.option("--local", is_flag=True, help="This machine's own overrides, which Git ignores.")(function)


def no_local_option(function: "_Function") -> "_Function":
    """`--no-local`: the command's session reads the project without this machine's own overrides."""

    def reading(session: "Session", *, no_local: bool, **others: object) -> object:
        if no_local:
            session.leave_out_overrides()
        return function(session, **others)

    option = declare.option("--no-local", is_flag=True, help="Leave out this machine's own overrides.")
    return option(declare.instead_of(function, reading))


def sops_option(function: "_Function") -> "_Function":
    """`--sops`: the command's session reads a file of sops in place of a project."""

    def reading(session: "Session", *, sops: str, environments: tuple[str, ...], **others: object) -> object:
        if not sops:
            return function(session, environments=environments, **others)
        if environments and ",".join(environments) != session.environ.get("GITSEAL_ENV"):
            raise UsageError("a file of sops is one environment by itself", "leave out -e")
        from gitseal.project.sops_files import environment_name

        session.sops = sops
        try:
            return function(session, environments=(), **others)
        except Error as error:
            # Hints lead to the environment, which here is the file.
            error.hint = error.hint.replace(f"-e {environment_name(sops)}", f"--sops {shell_quoted(sops)}")
            raise

    return sops_declared()(declare.instead_of(function, reading))


def sops_declared(*, multiple: bool = False) -> "_Decorator":
    """`--sops` alone, as `sops`: a text, or a tuple if it may be repeated."""
    words = "Read this file of sops in place of a project; REV:FILE as a commit has it."
    default = () if multiple else ""
    return declare.option("--sops", default=default, multiple=multiple, metavar="FILE", help=words)


def replace_option(function: "_Function") -> "_Function":
    """`--replace`, as `replace`: lets a value that its author cannot read replace a member's in a protected environment."""
    words = (
        "Replace members' values that you cannot read, in a protected environment too; a member has to absorb yours."
    )
    return declare.option("--replace", is_flag=True, help=words)(function)


def accept_options(function: "_Function") -> "_Function":
    """`--accept-key` and `--accept-recipient`, together as `accept`: what a person has confirmed by its exact name."""

    def confirmed(
        session: "Session", *, accept_keys: tuple[str, ...], accept_recipients: tuple[str, ...], **others: object
    ) -> object:
        return function(session, accept=(*accept_keys, *accept_recipients), **others)

    keys = declare.option(
        "--accept-key", "accept_keys", multiple=True, metavar="ID", help="Accept this data key. Give its exact id."
    )
    return keys(_accept_recipient("accept_recipients")(declare.instead_of(function, confirmed)))


def accept_recipient_option(function: "_Function") -> "_Function":
    """`--accept-recipient` alone, as `accept`."""
    return _accept_recipient("accept")(function)


def _accept_recipient(name: str) -> "_Decorator":
    words = "Accept this recipient. Give its exact key."
    return declare.option("--accept-recipient", name, multiple=True, metavar="KEY", help=words)


def cloud_key_options(function: "_Function") -> "_Function":
    """`--kms`, `--public` and `--yes`: a key in a key service, as `kms`, `public` and `yes`."""
    kms = declare.option(
        "--kms", default="", metavar="LOCATOR", help="The key is in a key service, such as vault:transit/keys/deploy."
    )
    public = declare.option(
        "--public", default="", metavar="FILE", help="With --kms: the file with its public half; nothing is fetched."
    )
    yes = declare.option("--yes", is_flag=True, help="Take a key that you typed, or a locator, without a question.")
    return kms(public(yes(function)))


def json_option(function: "_Function") -> "_Function":
    """`--format text|json` and its short form `--json`, together as `as_json`."""

    def reporting(session: "Session", *, form: str, json_flag: bool, **others: object) -> object:
        return function(session, as_json=json_flag or form == "json", **others)

    form = declare.option(
        "--format", "form", choices=["text", "json"], default="text", help="The format of the report."
    )
    flag = declare.option("--json", "json_flag", is_flag=True, help="Short for --format json.")
    return form(flag(declare.instead_of(function, reporting)))
