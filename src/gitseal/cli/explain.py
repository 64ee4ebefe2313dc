"""`gitseal explain`."""

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, json_option, no_local_option
from gitseal.cli.session import Session
from gitseal.project.reading import EffectiveEnvironment
from gitseal.usecases.explain import Explained, explain


@declare.command("explain")
@declare.argument("name", complete=declare.NAMES)
@environment_option("The environment; may be left out where there is one.")
@no_local_option
@json_option
def command(session: Session, name: str, environments: tuple[str, ...], no_local: bool, as_json: bool) -> None:
    """Say where a name's value comes from, layer by layer, and which services get it; never the value. Needs no identity."""
    environment = session.one(environments)
    found = explain(EffectiveEnvironment(session.project, environment, local=not no_local), name)
    if as_json:
        output.as_json(
            {
                "name": name,
                "environment": environment,
                "layers": [place._asdict() for place in found.places],
                "services": [receiver._asdict() for receiver in found.receivers],
                "description": found.description,
                "required": found.is_required,
            }
        )
        return
    for words in _words(session, environment, found):
        output.line(words)


def _words(session: Session, environment: str, found: Explained) -> list[str]:
    words = [found.description] if found.description else []
    if found.is_required:
        words.append(f"required in {environment}")
    folder = session.project.relative(session.project.folder)
    for place in found.places:
        state = f"hidden by {place.hidden_by}" if place.hidden_by else "answers"
        words.append(f"{folder}/{place.layer}.yaml:{place.line}: {place.access}: {state}")
    words += [f"service {each.service} gets it as {each.variable} ({each.level})" for each in found.receivers]
    return words
