"""`gitseal export --format sops-...`: an environment as a file of sops."""

from datetime import UTC, datetime

from gitseal.cli import output
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.delivery.request import Request
from gitseal.report.hints import command as shell
from gitseal.report.hints import path_word
from gitseal.report.plurals import plural
from gitseal.usecases.export_sops import Exported, SopsJob, export

_ENDINGS = {
    "sops-yaml": ("yaml", (".yaml", ".yml")),
    "sops-json": ("json", (".json",)),
    "sops-dotenv": ("dotenv", (".env",)),
}


def give(
    session: Session, environment: str, request: Request, format_name: str, target: str | None, accept: tuple[str, ...]
) -> None:
    """Writes the file, or without a target prints it, and says for whom it is and for whom it is not."""
    from pathlib import Path

    from gitseal.delivery.targets import refuse_existing, write_new

    place = None if target is None else Path(target)
    if place is not None:
        refuse_existing(place)
    modified = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    job = SopsJob(environment, request, format_name, modified)
    exported = session.confirmed(accept, lambda workspace: export(workspace, job))
    session.note_read("export", environment, exported.going.names())
    if place is None:
        output.write_bytes(exported.content)
    else:
        write_new(place, exported.content)
    _tell(exported, job, target)


def _tell(exported: Exported, job: SopsJob, target: str | None) -> None:
    for pattern in exported.going.unmatched:
        say(f'gitseal: no name matches "{pattern}"')
    for warning in exported.going.warnings:
        say(f"gitseal: {warning}")
    if exported.lost_comments:
        say(
            f"gitseal: {plural(exported.lost_comments, 'comment line')} left out, for which {job.format_name} has no place"
        )
    for name in exported.partly:
        say(f"gitseal: not for {name}, who may open only a part of it; sops has one key for the whole file")
    for name in exported.keyless:
        say(f"gitseal: not for {name}, who has no age or SSH key, only one of a plugin or a key service")
    count, people = plural(len(exported.going.entries), "value"), ", ".join(exported.sealed_for)
    where = "" if target is None else f' to "{target}"'
    say(f"wrote {count} of {job.environment}{where}, sealed for {people}")
    if target is not None:
        say(f"  to open it: {_opening(job.format_name, target)}")
        _, endings = _ENDINGS[job.format_name]
        if not target.endswith(endings):
            say(f"  sops knows the format by itself in a file whose name ends in {endings[0]}")


def _opening(format_name: str, target: str) -> str:
    """The command of sops that opens the file; sops tells the format by the ending alone."""
    kind, endings = _ENDINGS[format_name]
    types = "" if target.endswith(endings) else f"--input-type {kind} --output-type {kind} "
    return shell(f"sops decrypt {types}{{}}", path_word(target)).as_text()
