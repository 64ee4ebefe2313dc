"""Completion in a shell: environments and names. A completion that fails stays silent, whatever the reason."""

import click

from gitseal.cli.session import Session


def environments(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Environments of the project in force, after what a comma list has already."""
    before, comma, part = incomplete.rpartition(",")
    try:
        known = Session(_folder(ctx), None).project.environments
    except Exception:  # noqa: BLE001 - a message would land in the middle of what the person types
        return []
    return [f"{before}{comma}{name}" for name in known if name.startswith(part)]


def names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of the environments that the command line gives, or of all."""
    try:
        session = Session(_folder(ctx), None)
        chosen = session.all(tuple(ctx.params.get("environments") or ()))
        known = {entry.name for environment in chosen for entry in session.project.read(environment).entries.values()}
    except Exception:  # noqa: BLE001 - as above
        return []
    return [name for name in sorted(known) if name.startswith(incomplete)]


def _folder(ctx: click.Context) -> str | None:
    folder: str | None = ctx.find_root().params.get("folder")
    return folder
