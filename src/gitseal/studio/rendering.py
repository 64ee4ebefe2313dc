"""Pages from templates. Whatever comes from the repository is escaped, for HTML and for what steers a reader's eye."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gitseal.report.dates import utc
from gitseal.report.escaping import printable
from gitseal.report.html_style import STYLE
from gitseal.report.plurals import plural
from gitseal.studio.linking import capitalised, helped, helped_here, named, page_of, said
from gitseal.usecases.matrix import CellState, MatrixCell

_MOST_ROWS = 4096


class View(NamedTuple):
    """A page: its template, its title, and what the template shows."""

    template: str
    title: str
    values: Mapping[str, Any]

    def __repr__(self) -> str:
        # A value that was revealed may be among them.
        return f"View({self.template!r})"


def page(view: View, about: Mapping[str, Any]) -> str:
    """The whole page; `about` is what the frame around it shows."""
    template = _environment().get_template(view.template)
    return template.render(**about, **view.values, title=view.title, style=Markup(style()), script=Markup(script()))  # noqa: S704 - ours


@cache
def style() -> str:
    """The one style sheet: that of reports, and ours on top."""
    return STYLE + _asset("studio.css")


@cache
def script() -> str:
    """The one script."""
    return _asset("studio.js")


@cache
def content_security_policy() -> str:
    """Only our own style and script run, and they talk to nobody but us."""
    return (
        f"default-src 'none'; style-src '{_source(style())}'; script-src '{_source(script())}'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
    )


def _source(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"


def _asset(name: str) -> str:
    return (files("gitseal.studio") / "assets" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("gitseal.studio"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters["utc"] = utc
    made.filters["drawn"] = _drawn
    made.filters["said"] = said
    made.filters["helped"] = helped
    made.filters["helped_here"] = helped_here
    made.filters["named"] = named
    made.filters["page_of"] = page_of
    made.filters["counted"] = plural
    made.filters["sentence"] = capitalised
    return made


@lru_cache(_MOST_ROWS)
def _drawn(cells: tuple[MatrixCell, ...], environments: tuple[str, ...]) -> Markup:
    """The cells of a row. There are many rows and few kinds of them, so each kind is rendered once."""
    pairs = zip(cells, environments, strict=True)
    return Markup("".join(_cell(cell.state, cell.access, environment) for cell, environment in pairs))  # noqa: S704 - from the template


@cache
def _cell(state: CellState, access: str, environment: str) -> str:
    return _environment().get_template("cell.html").render(state=state, access=access, environment=environment)


def _shown(content: object) -> object:
    """Text that is no markup of ours, with what would steer a reader's eye spelt out."""
    return printable(content) if isinstance(content, str) and not isinstance(content, Markup) else content
