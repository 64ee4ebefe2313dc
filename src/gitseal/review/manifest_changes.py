"""Two manifests compared: what changed, in sentences, and which of it asks for less or hands out more."""

from collections.abc import Collection

from gitseal.errors import Error
from gitseal.policy.manifest import Declaration, Manifest, ManifestFile, Service
from gitseal.report.causes import DECLARATION, SERVICE, Cause
from gitseal.report.findings import WARNING, FindingRule
from gitseal.report.pages import RISKS
from gitseal.report.sentences import NOTHING, Sentence, literal, ours, sentence, verb
from gitseal.resolve import services
from gitseal.review import manifest_texts as texts
from gitseal.review.model import MANIFEST, Statement
from gitseal.review.saying import Lines, StatementCollector, quoted
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

REQUIREMENT_LOOSENED = FindingRule(
    "requirement-loosened",
    WARNING,
    "a name is required in fewer places, or its type, pattern or `rotate` asks for less",
    RISKS,
)
SERVICE_WIDENED = FindingRule(
    "service-widened", WARNING, "a service gets more names, or a file that others can read", RISKS
)


def manifest_changes(
    old: Manifest, new: Manifest, names: Collection[NamePath], path: str, lines: Lines
) -> list[Statement]:
    """The statements about the changes from one manifest to the other; `names` are those that any environment has now."""
    say = StatementCollector(MANIFEST, path, lines)
    came = sorted(path_text(path) for path in new.secrets if path not in old.secrets)
    if came:
        say(sentence("{} {} declared", quoted(came), verb(len(came))), ("secrets",))
    for secret, before in sorted(old.secrets.items()):
        after = new.secrets.get(secret)
        if after is None:
            asked = before.required != () or before.pattern or before.type
            text = sentence('"{}" is no longer declared', path_text(secret))
            cause = Cause(DECLARATION, path_text(secret))
            say(text, ("secrets",), REQUIREMENT_LOOSENED if asked else None, causes=(cause,))
        else:
            _declaration(before, after, say)
    for name in sorted({*old.services, *new.services}):
        _service(name, (old, new), sorted(names), say)
    return say.statements


def _declaration(before: Declaration, after: Declaration, say: StatementCollector) -> None:
    at = ("secrets", *after.path)

    def told(template: str, *arguments: Sentence, is_looser: bool = False) -> None:
        text = sentence(f'"{{}}" {template}', path_text(after.path), *arguments)
        cause = Cause(DECLARATION, path_text(after.path))
        say(text, at, REQUIREMENT_LOOSENED if is_looser else None, causes=(cause,))

    if before.required != after.required:
        is_looser = after.required is not None and (
            before.required is None or bool(set(before.required) - set(after.required))
        )
        told("is required {}, was {}", _places(after), _places(before), is_looser=is_looser)
    if before.type != after.type:
        types = ours(after.type or "any"), ours(before.type or "any")
        told("is of type {}, was {}", *types, is_looser=bool(before.type))
    patterns = [declaration.pattern.text if declaration.pattern else "" for declaration in (before, after)]
    if patterns[0] != patterns[1]:
        template = "has another pattern" if all(patterns) else "has a pattern" if patterns[1] else "has no pattern"
        told(template, is_looser=bool(patterns[0]))
    if before.rotate != after.rotate:
        is_looser = before.rotate > 0 and not 0 < after.rotate < before.rotate
        told("is due for a new value {}, was {}", _every(after.rotate), _every(before.rotate), is_looser=is_looser)
    if before.owner != after.owner:
        told(
            "is owned by {}, was {}",
            *(sentence('"{}"', declaration.owner or "nobody") for declaration in (after, before)),
        )
    if before.generate != after.generate:
        told(
            "is made by {}, was {}",
            *(literal(declaration.generate) or ours("nothing") for declaration in (after, before)),
        )
    if before.description != after.description:
        told("has another description")


def _places(declaration: Declaration) -> Sentence:
    if declaration.required is None:
        return ours("everywhere")
    return sentence("in {}", quoted(declaration.required)) if declaration.required else ours("nowhere")


def _every(days: int) -> Sentence:
    return sentence("every {} days", days) if days else ours("never")


def _service(name: str, sides: tuple[Manifest, Manifest], names: list[NamePath], say: StatementCollector) -> None:
    before, after = (side.services.get(name) for side in sides)
    at, cause = ("services", name), (Cause(SERVICE, name),)
    if after is None:
        say(sentence('there is no service "{}" any more', name), causes=cause)
        return
    reached = [_reach(side, name, names) if name in side.services else set[str]() for side in sides]
    gained, lost = sorted(reached[1] - reached[0]), sorted(reached[0] - reached[1])
    if before is None:
        say(sentence('"{}" is a new service, which gets {}', name, quoted(gained) or ours("nothing")), at, causes=cause)
        empty = sides[0]._replace(services={**sides[0].services, name: Service()})
        _env(name, (empty, sides[1]), names, say)
        _files(name, (), after.files, say)
        return
    if gained:
        say(sentence('service "{}" gets {} too', name, quoted(gained)), at, SERVICE_WIDENED, causes=cause)
    if lost:
        say(sentence('service "{}" no longer gets {}', name, quoted(lost)), at, causes=cause)
    if added := [included for included in after.include if included not in before.include]:
        say(sentence('service "{}" includes {} too', name, quoted(added)), at, SERVICE_WIDENED, causes=cause)
    if removed := [included for included in before.include if included not in after.include]:
        say(sentence('service "{}" no longer includes {}', name, quoted(removed)), at, causes=cause)
    if after.imports != before.imports:
        imports = (quoted(service.imports) or ours("nothing") for service in (after, before))
        say(sentence('service "{}" imports {}, was {}', name, *imports), at, causes=cause)
    _env(name, sides, names, say)
    _files(name, before.files, after.files, say)


def _reach(manifest: Manifest, name: str, names: list[NamePath]) -> set[str]:
    """The secrets that a service gets anything of, by their own names."""
    try:
        sources = services.view(manifest, name, names).values()
    except Error:
        return set()  # two imports that differ: check says so
    reached = {path_text(source.path) for source in sources if source.path}
    reached |= {
        secret for source in sources if source.template is not None for secret in texts.secrets(source.template)
    }
    return reached | {path_text(file.secret) for file in manifest.services[name].files}


def _env(name: str, sides: tuple[Manifest, Manifest], names: list[NamePath], say: StatementCollector) -> None:
    """Variables by name, what they are made of, and their texts as far as a reviewer may see them."""
    at, cause = ("services", name, "env"), (Cause(SERVICE, name),)
    before, after = (side.services[name].env for side in sides)
    differing = [variable for variable in sorted({*before, *after}) if before.get(variable) != after.get(variable)]
    hidden = texts.shadowed(sides[1], name, names) if differing else frozenset[str]()
    for variable in differing:
        old, new = before.get(variable), after.get(variable)
        if new is None:
            say(sentence('service "{}" no longer sets "{}"', name, variable), at, causes=cause)
            continue
        made = texts.secrets(new)
        of = sentence("made of {}", quoted(made)) if made else ours("a text of the manifest's own")
        now = ours("now ") if old is not None else NOTHING
        was = sentence(", was {}", texts.shown(variable, old, hidden)) if old is not None else NOTHING
        shadows = sentence(', in the place of the secret "{}"', variable) if variable in hidden else NOTHING
        shown = texts.shown(variable, new, hidden)
        text = sentence('"{}" of service "{}" is {}{}{}: {}{}', variable, name, now, of, shadows, shown, was)
        say(text, (*at, variable), texts.risk(variable, new, hidden), causes=cause)


def _files(
    name: str, before: Collection[ManifestFile], after: Collection[ManifestFile], say: StatementCollector
) -> None:
    at, cause = ("services", name, "files"), (Cause(SERVICE, name),)
    was = {file.path: file for file in before}
    now = {file.path: file for file in after}
    for path in sorted({*was, *now}):
        old, new = was.get(path), now.get(path)
        if old is not None and new is not None and old._replace(line=0) == new._replace(line=0):
            continue
        file = sentence('the file "{}" of service "{}"', "/".join(path), name)
        if new is None:
            say(sentence("{} is written no longer", file), at, causes=cause)
            continue
        is_readable = new.mode & 0o044 and not (old and old.mode & 0o044)
        mode = ours(f"{new.mode:04o}")
        decoded = sentence(", decoded from {}", new.decode) if new.decode else NOTHING
        text = sentence('{} holds "{}"{}, with the permissions {}', file, path_text(new.secret), decoded, mode)
        is_wider = is_readable or (old is not None and old.secret != new.secret)
        say(text, at, SERVICE_WIDENED if is_wider else None, causes=cause)
