"""`gitseal rekey --recover`: shows the values that lost their data key, and brings back those that a person picks."""

from datetime import UTC, datetime

from gitseal.cli import terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error, shell_quoted
from gitseal.report.escaping import printable
from gitseal.report.plurals import plural
from gitseal.usecases import recover
from gitseal.usecases.recover import Lost


def recover_values(
    session: Session, environments: tuple[str, ...], names: tuple[str, ...], accept: tuple[str, ...], *, dry_run: bool
) -> None:
    """Brings back the lost values that were named or that a person says yes to.

    Raises Error for a name that is not lost or cannot be restored, and if nobody is there to be asked.
    """
    every_lost = recover.look(session.workspace, environments)
    for lost in every_lost:
        say(
            f"{lost.environment}: {lost.name}, {_words(lost)}{f'; cannot be restored: {lost.refusal}' if lost.refusal else ''}"
        )
    if not every_lost:
        say("no value is sealed under a data key that its file has lost")
    for name in names:
        _check(name, [lost for lost in every_lost if lost.name == name])
    if dry_run or not every_lost:
        return
    possible = [lost for lost in every_lost if not lost.refusal]
    if not possible:
        raise Error("none of these can be restored", _again(every_lost))
    chosen = [lost for lost in possible if lost.name in names or (not names and _is_wanted(lost))]
    if not chosen:
        say("nothing was changed")
        return
    session.confirmed(accept, lambda workspace: recover.apply(workspace, chosen))
    for lost in chosen:
        say(f"{lost.environment}: {lost.name} is back, under a new data key of access group {lost.group}")


def _again(every_lost: list[Lost]) -> str:
    """The way to give a value that is lost: only a person has it."""
    first = every_lost[0]
    return f"whoever knows the value sets it again: gitseal set {shell_quoted(first.name)} -e {first.environment}"


def _check(name: str, of_name: list[Lost]) -> None:
    if not of_name:
        raise Error(
            f'"{name}" is not sealed under a data key that its file has lost',
            "see what is: gitseal rekey --recover --dry-run",
        )
    for lost in of_name:
        if lost.refusal:
            raise Error(
                f'"{name}" in {lost.environment} cannot be restored: {lost.refusal}',
                _again([lost]),
            )


def _is_wanted(lost: Lost) -> bool:
    hint = f"look at who set it, then: gitseal rekey --recover --name {lost.name}"
    question = f"{lost.environment}: bring {lost.name} back, {_words(lost)}?"
    return terminal.says_yes("restoring each lost value", hint, question)


def _words(lost: Lost) -> str:
    if not lost.commit:
        return "which no commit has yet"
    now = datetime.now(UTC)
    age = max(0, (now - datetime.fromtimestamp(lost.when, UTC)).days)
    return f"set by {printable(lost.who)} {plural(age, 'day')} ago ({lost.commit[:12]})"
