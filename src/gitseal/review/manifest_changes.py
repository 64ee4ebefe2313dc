"""Two manifests held against each other: what changed, in words, and what of it asks for less or hands out more."""

from collections.abc import Collection

from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error
from gitseal.policy.manifest import Declaration, Manifest, ManifestFile, Service
from gitseal.resolve import services, templates
from gitseal.review.model import MANIFEST, Statement
from gitseal.review.saying import Lines, Risk, StatementCollector, quoted
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_LOOSER = "requirement-loosened"
_WIDER = "service-widened"


def manifest_changes(
    old: Manifest, new: Manifest, names: Collection[NamePath], path: str, lines: Lines
) -> list[Statement]:
    """What changed from one manifest to the other; `names` are those that any environment has now."""
    say = StatementCollector(MANIFEST, path, lines)
    came = sorted(path_text(each) for each in new.secrets if each not in old.secrets)
    if came:
        say(f"{quoted(came)} {'is' if len(came) == 1 else 'are'} declared", ("secrets",))
    for secret, before in sorted(old.secrets.items()):
        after = new.secrets.get(secret)
        if after is None:
            risk = Risk(_LOOSER) if before.required != () or before.pattern or before.type else None
            say(f'"{path_text(secret)}" is no longer declared', ("secrets",), risk)
        else:
            _declaration(before, after, say)
    for name in sorted({*old.services, *new.services}):
        _service(name, (old, new), sorted(names), say)
    return say.statements


def _declaration(before: Declaration, after: Declaration, say: StatementCollector) -> None:
    name, at = f'"{path_text(after.path)}"', ("secrets", *after.path)
    if before.required != after.required:
        is_looser = after.required is not None and (
            before.required is None or set(before.required) - set(after.required)
        )
        say(f"{name} is required {_where(after)}, was {_where(before)}", at, Risk(_LOOSER) if is_looser else None)
    if before.type != after.type:
        text = f"{name} is of type {after.type or 'any'}, was {before.type or 'any'}"
        say(text, at, Risk(_LOOSER) if before.type else None)
    patterns = [each.pattern.text if each.pattern else "" for each in (before, after)]
    if patterns[0] != patterns[1]:
        text = f"{name} has another pattern" if all(patterns) else f"{name} has {'a' if patterns[1] else 'no'} pattern"
        say(text, at, Risk(_LOOSER) if patterns[0] else None)
    if before.rotate != after.rotate:
        is_looser = before.rotate > 0 and not 0 < after.rotate < before.rotate
        text = f"{name} is due for a new value {_every(after.rotate)}, was {_every(before.rotate)}"
        say(text, at, Risk(_LOOSER) if is_looser else None)
    if before.owner != after.owner:
        say(f'{name} is owned by "{after.owner or "nobody"}", was "{before.owner or "nobody"}"', at)
    if before.generate != after.generate:
        say(f"{name} is made by {after.generate or 'nothing'}, was {before.generate or 'nothing'}", at)
    if before.description != after.description:
        say(f"{name} has another description", at)


def _where(declaration: Declaration) -> str:
    if declaration.required is None:
        return "everywhere"
    return f"in {quoted(declaration.required)}" if declaration.required else "nowhere"


def _every(days: int) -> str:
    return f"every {days} days" if days else "never"


def _service(name: str, sides: tuple[Manifest, Manifest], names: list[NamePath], say: StatementCollector) -> None:
    before, after = (side.services.get(name) for side in sides)
    at = ("services", name)
    if after is None:
        say(f'there is no service "{name}" any more')
        return
    reached = [_reach(side, name, names) if name in side.services else set[str]() for side in sides]
    gained, lost = sorted(reached[1] - reached[0]), sorted(reached[0] - reached[1])
    if before is None:
        say(f'"{name}" is a new service, which gets {quoted(gained) or "nothing"}', at)
        return
    if gained:
        say(f'service "{name}" gets {quoted(gained)} too', at, Risk(_WIDER))
    if lost:
        say(f'service "{name}" no longer gets {quoted(lost)}', at)
    if added := [each for each in after.include if each not in before.include]:
        say(f'service "{name}" includes {quoted(added)} too', at, Risk(_WIDER))
    if removed := [each for each in before.include if each not in after.include]:
        say(f'service "{name}" no longer includes {quoted(removed)}', at)
    if after.imports != before.imports:
        say(
            f'service "{name}" imports {quoted(after.imports) or "nothing"}, was {quoted(before.imports) or "nothing"}',
            at,
        )
    _env(name, before, after, say)
    _files(name, before.files, after.files, say)


def _reach(manifest: Manifest, name: str, names: list[NamePath]) -> set[str]:
    """The secrets of which a service gets anything, whatever it calls them."""
    try:
        sources = services.view(manifest, name, names).values()
    except Error:
        return set()  # two imports that differ: check says so
    found = {path_text(source.path) for source in sources if source.path}
    found |= {secret for source in sources if source.template is not None for secret in _secrets(source.template)}
    return found | {path_text(file.secret) for file in manifest.services[name].files}


def _secrets(template: TypedValue) -> list[str]:
    if template.kind is not ValueType.TEXT:
        return []
    return sorted({path_text(each) for each in templates.parse(template.reveal().decode()).secrets()})


def _env(name: str, before: Service, after: Service, say: StatementCollector) -> None:
    """Variables by name: what they are made of, never their text, in which something may stand that is none of a log's."""
    at = ("services", name, "env")
    for variable in sorted({*before.env, *after.env}):
        old, new = before.env.get(variable), after.env.get(variable)
        if old == new:
            continue
        if new is None:
            say(f'service "{name}" no longer sets "{variable}"', at)
            continue
        made = _secrets(new)
        of = f"made of {quoted(made)}" if made else "a text of the manifest's own"
        risk = Risk(_WIDER) if old is not None and set(made) - set(_secrets(old)) else None
        say(f'"{variable}" of service "{name}" is {"now " if old is not None else ""}{of}', (*at, variable), risk)


def _files(
    name: str, before: Collection[ManifestFile], after: Collection[ManifestFile], say: StatementCollector
) -> None:
    at = ("services", name, "files")
    was = {each.path: each for each in before}
    now = {each.path: each for each in after}
    for path in sorted({*was, *now}):
        old, new = was.get(path), now.get(path)
        if old is not None and new is not None and old._replace(line=0) == new._replace(line=0):
            continue
        file = f'the file "{"/".join(path)}" of service "{name}"'
        if new is None:
            say(f"{file} is written no longer", at)
            continue
        is_readable = new.mode & 0o044 and not (old and old.mode & 0o044)
        text = f'{file} holds "{path_text(new.secret)}", with the permissions {new.mode:04o}'
        say(text, at, Risk(_WIDER) if is_readable or (old is not None and old.secret != new.secret) else None)
