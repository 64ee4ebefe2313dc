"""Changes of values: each is the use-case of a command, with what the person saw when they decided on it."""

from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import UsageError
from gitseal.project.names import parse_name
from gitseal.project.seen import NOTHING, digest
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.report.plurals import plural
from gitseal.sealing.change import Outcome, SetResult
from gitseal.studio.actions import PageAction, Seen
from gitseal.studio.desk import Desk
from gitseal.studio.linking import name_pages, page_of
from gitseal.studio.rendering import View
from gitseal.usecases.absorb import absorb
from gitseal.usecases.import_ import ImportFile, ImportResult, import_files
from gitseal.usecases.rename import rename
from gitseal.usecases.set_ import prospect, set_values
from gitseal.usecases.unset import told, unset

Body = Mapping[str, object]
_MOST_TOLD = 8
# A name that no rule and no file is about.
_ANY_NAME = "A_NEW_NAME"
_TYPES = tuple(kind.word for kind in ValueType)


def set_action(_desk: Desk, body: Body) -> PageAction:
    """`set`: a value, or with `generate` a new one for each environment."""
    name, environments = _name(body), _environments(body)
    path = parse_name(name)
    generate = _text(body, "generate")
    if sum((bool(generate), bool(_text(body, "value")), body.get("empty") is True)) > 1:
        raise UsageError("these contradict each other: a value, one to generate, and an empty one", "leave one of them")
    values = {} if generate else {path: _value(body)}
    plain, replaces = body.get("plain") is True, body.get("replace") is True

    def do(workspace: Workspace) -> str:
        chosen = workspace._replace(replaces_unread=replaces)
        generated = {path: generate} if generate else {}
        return _told(set_values(chosen, environments, values, generated=generated, plain=plain))

    return PageAction(do, page_of(name), _seen(body, name, environments))


def _value(body: Body) -> TypedValue:
    """The value that a form gives."""
    word, given = _text(body, "type") or ValueType.TEXT.word, _text(body, "value")
    kind = next((kind for kind in ValueType if kind.word == word), None)
    if kind is None:
        raise UsageError(f'there is no type "{word}"', f"types are: {', '.join(_TYPES)}")
    # A form that was sent too early must not empty a value.
    if not given and kind in {ValueType.TEXT, ValueType.BYTES} and body.get("empty") is not True:
        raise UsageError("there is no value", "type one, or tick that it is empty")
    return checked(kind, _content(kind, given))


def _content(kind: ValueType, given: str) -> bytes:
    """The bytes of a value as the form gives it: a text field holds no others, so bytes come in base64."""
    if kind is not ValueType.BYTES:
        return given.encode("utf-8", "surrogatepass")
    try:
        return b64decode("".join(given.split()), validate=True)
    except ValueError:
        raise UsageError(
            "the value is no base64", "bytes are given in base64 here; for a text choose another type"
        ) from None


def unset_action(desk: Desk, body: Body) -> PageAction:
    """`unset` in the environments given."""
    name, environments = _name(body), _environments(body)

    def do(workspace: Workspace) -> str:
        return "; ".join(told(desk.with_overrides, unset(workspace, environments, [name])))

    return PageAction(do, "/", _seen(body, name, environments))


def absorb_action(_desk: Desk, body: Body) -> PageAction:
    """`absorb` of one name, in the environments given."""
    name, environments = _name(body), _environments(body)

    def do(workspace: Workspace) -> str:
        taken = [environment for environment in environments if absorb(workspace, environment, [name])]
        return "; ".join(f"{environment}: absorbed {name}" for environment in taken) or f"{name} waits nowhere"

    return PageAction(do, page_of(name), _seen(body, name, environments))


def rename_action(_desk: Desk, body: Body) -> PageAction:
    """`rename` in the environments given."""
    name, environments, new = _name(body), _environments(body), _text(body, "new")
    parse_name(new)

    def do(workspace: Workspace) -> str:
        done = rename(workspace, environments, name, new)
        return "; ".join(f"{environment}: renamed {name} to {each}" for environment, each in done)

    return PageAction(do, page_of(new), _seen(body, name, environments))


class ValueForm(NamedTuple):
    """The fields for a value: the kind that the manifest generates, if any, and whether two ticks can matter."""

    generates: str = ""
    may_be_plain: bool = True
    may_be_unread: bool = True
    types: tuple[str, ...] = _TYPES


class Paste(NamedTuple):
    """The text of an env file that somebody pasted or dropped, and what is to become of it."""

    environments: tuple[str, ...]
    file: ImportFile
    plain: bool
    replaces: bool

    def __repr__(self) -> str:
        return f"Paste({self.environments!r}, …)"

    def imported(self, workspace: Workspace, *, dry_run: bool) -> ImportResult:
        """The result of `import`."""
        chosen = workspace._replace(replaces_unread=self.replaces)
        return import_files(chosen, self.environments, (self.file,), plain=self.plain, dry_run=dry_run)


class Pasted:
    """The text of an env file that somebody pasted or dropped, kept until they say yes to what it would change."""

    def __init__(self, asked: "Paste", result: ImportResult, seen: Seen) -> None:
        self.asked = asked
        self.results = result.done
        self.notes = [note for note in (result.kept, *result.warnings) if note]
        self.seen = seen

    def __repr__(self) -> str:
        return f"Pasted({self.asked.environments!r}, …)"


def paste_action(desk: Desk, body: Body) -> PageAction:
    """The preview of `import`: what each name of a pasted file would become, or of one that was previewed before."""
    asked = _pasted(desk, _text(body, "id")).asked if "id" in body else _asked(body)
    # Where the preview is kept is known only when it is made, which an answered question may come before.
    id_ = desk.shelf.put(None)

    def do(workspace: Workspace) -> str:
        result = asked.imported(workspace, dry_run=True)
        project = workspace.project
        entries = {environment: project.read(environment).entries for environment in asked.environments}
        seen = {
            (one.environment, one.name): digest(entries[one.environment].get(parse_name(one.name)))
            for one in result.done
        }
        desk.shelf.replace(id_, Pasted(asked, result, seen))
        return ""

    return PageAction(do, f"/pasted?id={id_}")


def _asked(body: Body) -> Paste:
    data = _text(body, "text").encode("utf-8", "surrogatepass")
    file = ImportFile(data, _text(body, "format") or "dotenv", "what you pasted")
    return Paste(_environments(body), file, body.get("plain") is True, body.get("replace") is True)


def pasted_view(desk: Desk, query: Mapping[str, str]) -> View:
    """What a pasted file would change, by name."""
    id_ = query.get("id", "")
    return View(
        "pasted.html",
        "What this file changes",
        {"pasted": _pasted(desk, id_), "id": id_, "pages": name_pages(desk.project)},
    )


def import_action(desk: Desk, body: Body) -> PageAction:
    """`import` of what was pasted and previewed."""
    pasted = _pasted(desk, _text(body, "id"))

    def do(workspace: Workspace) -> str:
        return _told(pasted.asked.imported(workspace, dry_run=False).done)

    return PageAction(do, "/", pasted.seen)


def new_view(desk: Desk, query: Mapping[str, str]) -> View:
    """The forms for a new name, and for a whole file."""
    environments, name = desk.project.environments, query.get("name", "")
    # Before anybody tries: the policy says who can add something where.
    path = parse_name(name or _ANY_NAME)
    told = {environment: prospect(desk.workspace, environment, path) for environment in environments}
    prospects: dict[str, list[str]] = {}
    for environment, words in told.items():
        if words:
            prospects.setdefault(words, []).append(environment)
    values = {"environments": environments, "name": name, "value_form": ValueForm(), "prospects": prospects}
    return View("new.html", "Add", values)


def _pasted(desk: Desk, id_: str) -> Pasted:
    kept = desk.shelf.get(id_)
    if not isinstance(kept, Pasted):
        raise UsageError("there is no such preview", "paste the file again")
    return kept


def _told(done: Sequence[SetResult]) -> str:
    if len(done) > _MOST_TOLD:
        counts = Counter((one.environment, one.outcome.value) for one in done)
        return "; ".join(f"{environment}: {plural(n, 'name')} {word}" for (environment, word), n in counts.items())
    return "; ".join(map(_line, done))


def _line(one: SetResult) -> str:
    word, more = (
        (one.outcome.value, "") if one.outcome is not Outcome.UNSEEN else ("set", ", which you cannot read there")
    )
    return f"{one.environment}: {word} {one.name}{' (empty)' if one.is_empty else ''}{more}"


def _name(body: Body) -> str:
    name = _text(body, "name")
    if not name:
        raise UsageError("this needs a name", "such as DATABASE_URL")
    return name


def _environments(body: Body) -> tuple[str, ...]:
    given = body.get("environments")
    names = tuple(name for name in given if isinstance(name, str)) if isinstance(given, list) else ()
    if not names:
        raise UsageError("no environment is chosen", "choose at least one")
    return names


def _text(body: Body, field: str) -> str:
    content = body.get(field, "")
    if not isinstance(content, str):
        raise UsageError(f'"{field}" has to be text', "reload the page")
    return content


def _seen(body: Body, name: str, environments: Sequence[str]) -> Seen:
    """What the page showed of the name. A form for a new name saw nothing there."""
    shown = body.get("seen")
    if not isinstance(shown, dict):
        raise UsageError("the page did not say what it showed", "reload the page")
    # An environment of which it says nothing had nothing.
    return {(environment, name): str(shown.get(environment, NOTHING)) for environment in environments}
