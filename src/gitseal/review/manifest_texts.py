"""Texts of the manifest's `env`: what a reviewer is shown of them, and which of their changes send a sealed value elsewhere.

The text around a reference says where a value goes: `postgres://app:${secret:DB_PASSWORD}@db.internal/app` hands the password to
that host. A text that stands in the place of a sealed name gives a service something else than what was sealed for it.
"""

from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error
from gitseal.policy.manifest import Manifest
from gitseal.report.findings import WARNING, FindingRule
from gitseal.report.pages import RISKS
from gitseal.report.plurals import plural
from gitseal.report.sentences import Sentence, ours, sentence
from gitseal.resolve import services, templates
from gitseal.resolve.templates import Reference
from gitseal.scan.plain_settings import is_plain_setting
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

TEXT_AROUND_SECRET = FindingRule(
    "text-around-secret",
    WARNING,
    "a variable of a service now uses a secret, or uses it in another way: the text around it decides where it goes",
    RISKS,
)
SECRET_SHADOWED = FindingRule(
    "secret-shadowed",
    WARNING,
    "a text of the manifest replaces a secret that the service would get",
    RISKS,
)

_LONGEST = 160


def secrets(template: TypedValue) -> list[str]:
    """The secrets that a text is made of, by their names."""
    if template.kind is not ValueType.TEXT:
        return []
    return sorted({path_text(path) for path in templates.parse(_text(template)).secrets()})


def risk(variable: str, new: TypedValue, shadowed: frozenset[str]) -> FindingRule | None:
    """The risk of a text that is another one now. `shadowed` are the names that texts of this service keep from it."""
    if variable in shadowed:
        return SECRET_SHADOWED
    return TEXT_AROUND_SECRET if secrets(new) else None


def shadowed(manifest: Manifest, name: str, names: list[NamePath]) -> frozenset[str]:
    """The variables that a service would get from secrets if none of its texts stood before them."""
    own = manifest.services[name]
    bare = manifest._replace(services={**manifest.services, name: own._replace(env={})})
    try:
        view = services.view(bare, name, names)
    except Error:
        # Two imports differ, which only texts decided: all that is called so may be one.
        return frozenset(path[-1] for path in names)
    return frozenset(path_text(path) for path, source in view.items() if source.path)


def shown(variable: str, template: TypedValue, shadowed: frozenset[str]) -> Sentence:
    """A text as a reviewer may see it. One that the hook would block, or in the place of a secret, by its length alone."""
    text = _text(template)
    literal = "".join(piece for piece in templates.parse(text).pieces if not isinstance(piece, Reference))
    if variable in shadowed or not is_plain_setting(variable, literal):
        return ours(f"a text of {plural(len(text), 'character')}, which is not shown")
    return sentence('"{}"', text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


def _text(template: TypedValue) -> str:
    return template.reveal().decode("utf-8", "replace")
