"""Options that several commands share, with their completion."""

from collections.abc import Callable
from typing import Any

import click

from gitseal.cli.session import Session

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def environment_option(words: str = "Environment: a name, an alias, a comma list or all; may repeat.") -> _Decorator:
    """`-e/--env`, as a tuple of what was given; `GITSEAL_ENV` is its default."""
    return click.option(
        "-e",
        "--env",
        "environments",
        multiple=True,
        metavar="ENV",
        envvar="GITSEAL_ENV",
        help=words,
        shell_complete=complete_environment,
    )


def local_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--local`: this machine's own overrides instead of the environment's file."""
    return click.option("--local", is_flag=True, help="This machine's own overrides, which Git ignores.")(function)


def no_local_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--no-local`: without this machine's own overrides."""
    return click.option("--no-local", is_flag=True, help="Leave out this machine's own overrides.")(function)


def accept_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--accept-key` and `--accept-recipient`: what a person has confirmed by its exact name."""
    keys = click.option(
        "--accept-key", "accept_keys", multiple=True, metavar="ID", help="Believe this data key, by its exact id."
    )
    recipients = click.option(
        "--accept-recipient",
        "accept_recipients",
        multiple=True,
        metavar="KEY",
        help="Believe this recipient, by its exact key.",
    )
    return keys(recipients(function))


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--format text|json` and its short form `--json`, as `as_json`."""
    choice = click.option(
        "--format",
        "as_json",
        type=click.Choice(["text", "json"]),
        default="text",
        help="How to report.",
        callback=_is_json,
        is_eager=False,
    )
    return choice(
        click.option(
            "--json",
            "json_flag",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_remember,
            help="Short for --format json.",
        )(function)
    )


def _remember(ctx: click.Context, _option: click.Parameter, given: bool) -> None:
    ctx.meta["gitseal.json"] = given


def _is_json(ctx: click.Context, _option: click.Parameter, given: str) -> bool:
    return given == "json" or bool(ctx.meta.get("gitseal.json"))


def complete_environment(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Environments of the project in force, after what a comma list has already."""
    before, comma, part = incomplete.rpartition(",")
    try:
        names = Session(_folder(ctx), None).project.environments
    except Exception:  # noqa: BLE001 - a completion that fails must stay silent, whatever the reason
        return []
    return [f"{before}{comma}{name}" for name in names if name.startswith(part)]


def complete_name(ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Names of the environments that the command line gives, or of all."""
    try:
        session = Session(_folder(ctx), None)
        chosen = session.all(tuple(ctx.params.get("environments") or ()))
        names = {entry.name for environment in chosen for entry in session.project.read(environment).entries.values()}
    except Exception:  # noqa: BLE001 - as above
        return []
    return [name for name in sorted(names) if name.startswith(incomplete)]


def _folder(ctx: click.Context) -> str | None:
    folder: str | None = ctx.find_root().params.get("folder")
    return folder
