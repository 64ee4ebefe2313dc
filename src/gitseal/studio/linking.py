"""Names that stand on a page lead to the pages of their own."""

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from html import escape
from urllib.parse import parse_qs, quote

from markupsafe import Markup

from gitseal.document.document import MAX_NAMES
from gitseal.errors import Error
from gitseal.project.project import Project
from gitseal.report.escaping import printable
from gitseal.report.html_text import html
from gitseal.report.markup_text import ours, spoken
from gitseal.report.sentences import Sentence
from gitseal.yamltext.reader import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.yamltext.tree import NamePath

# What is a link already stays one.
_CODE = re.compile(r"<a [^>]*>.*?</a>|<code>([^<]*)</code>", re.DOTALL)
_COMMANDS = ("git ", "gitseal ")
_COMMAND = re.compile(r"(^|: |[;,] |\bor |\bwith )git(?:seal)? [a-z]")
# By the name as a page shows it, the address of its page.
NamePages = Mapping[str, str]


@lru_cache(MAX_NAMES)
def page_of(name: str) -> str:
    """The address of a name's page."""
    return f"/name?name={quote(name, safe='')}"


def own_address(body: Mapping[str, object]) -> str:
    """The address of the page that a form stood on, as the form says it."""
    after = str(body.get("after", ""))
    # A path of this page: two slashes at its beginning would lead to another host.
    return after if after.startswith("/") and not after.startswith(("//", "/\\")) else "/"


def is_there(project: Project, address: str) -> bool:
    """False for the page of a name that nothing has any more."""
    path, _, query = address.partition("?")
    return path != "/name" or page_of(parse_qs(query).get("name", [""])[0]) in name_pages(project).values()


def name_pages(project: Project) -> NamePages:
    """The names that have a page. An environment that cannot be read has none here; the matrix says why."""
    paths: set[NamePath] = set()
    for environment in project.environments:
        with suppress(Error):
            paths.update(project.read(environment).entries)
    with suppress(Error):
        paths.update(project.manifest.secrets)
    return {escape(printable(name)): page_of(name) for name in map(path_text, paths)}


def linked(markup: str, pages: NamePages) -> Markup:
    """Markup of ours in which each name that has a page is a link to it."""

    def link(piece: re.Match[str]) -> str:
        address = pages.get(piece[1] or "")
        return f'<a href="{escape(address)}">{piece[0]}</a>' if address else piece[0]

    return Markup(_CODE.sub(link, markup))  # noqa: S704 - its writer escaped it


def said(words: str, pages: NamePages) -> Markup:
    """A message or a hint as a sentence begins, the repository's words set apart and the names linked."""
    if not isinstance(words, Sentence):
        return Markup(escape(printable(capitalised(words))))  # noqa: S704 - escaped just now
    first, *rest = spoken(words) or ours("")
    begun = first if first.is_name else first._replace(text=capitalised(first.text))
    return linked(html((begun, *rest)), pages)


def capitalised(words: str) -> str:
    """Words as a sentence begins. A command stays as it is typed."""
    return words if words.startswith(_COMMANDS) else words[:1].upper() + words[1:]


def helped(hint: str) -> str:
    """A hint for the page: a command in it is one for a terminal, and says so."""
    at = _COMMAND.search(hint)
    if at is None or "terminal" in hint:
        return hint
    if at[1] == ": ":
        return f"{hint[: at.start()]}, in a terminal{hint[at.start() :]}"
    return f"in a terminal: {hint}" if not at[1] else f"{hint} (in a terminal)"


def helped_here(hint: str, pages: NamePages) -> Markup:
    """`said` of a hint, with `helped`."""
    if isinstance(hint, Sentence):
        return said(hint, pages) + (" (in a terminal)" if helped(hint) != hint else "")
    return said(helped(hint), pages)


def named(name: str, pages: NamePages) -> Markup:
    """One name."""
    return linked(f"<code>{escape(printable(name))}</code>", pages)
