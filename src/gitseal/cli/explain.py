"""`gitseal explain`."""

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, json_option, no_local_option
from gitseal.cli.session import Session
from gitseal.project.reading import EffectiveEnvironment
from gitseal.usecases.explain import Explained, explain


@declare.command("explain")
@declare.argument("name", complete=declare.NAMES)
@environment_option("The environment. Needed only if there are several.")
@no_local_option
@json_option
def command(session: Session, name: str, environments: tuple[str, ...], as_json: bool) -> None:
    """Show where a value comes from and which services get it.

    It shows each layer that has the name, but never the value. No identity is needed.

    Examples:
      gitseal explain -e production DATABASE_URL
    """
    session.only_reads = True
    environment = session.one(environments)
    explained = explain(EffectiveEnvironment(session.project, environment), name)
    if as_json:
        output.as_json(
            {
                "name": name,
                "environment": environment,
                "layers": [place._asdict() for place in explained.places],
                "services": [receiver._asdict() for receiver in explained.receivers],
                "description": explained.description,
                "required": explained.is_required,
            }
        )
        return
    for words in _words(session, environment, explained):
        output.line(words)


def _words(session: Session, environment: str, explained: Explained) -> list[str]:
    words = [explained.description] if explained.description else []
    if explained.is_required:
        words.append(f"required in {environment}")
    folder = session.project.relative(session.project.folder)
    for place in explained.places:
        state = f"hidden by {place.hidden_by}" if place.hidden_by else "answers"
        words.append(f"{folder}/{place.layer}.yaml:{place.line}: {place.access}: {state}")
    words += [
        f"service {receiver.service} gets it as {receiver.variable} ({receiver.level})"
        for receiver in explained.receivers
    ]
    return words
