"""Finds the names that source code reads from its environment: one reader per language, from bytes to uses.

A reader looks at one file, and does not follow what decides at run time which name is read. The callers choose the files,
and know what the environments hold.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from gitseal.code import unread
from gitseal.code.uses import Reading, Use

Read = Callable[[str, bytes], Reading]


class Language(NamedTuple):
    """A language: its `module` in this package has `read(path, content)`; `applies(path, first line)` picks its files."""

    module: str
    applies: Callable[[str, bytes], bool]


def _suffix(*suffixes: str) -> Callable[[str, bytes], bool]:
    return lambda path, _first: path.lower().endswith(suffixes)


def _is_shell(path: str, first: bytes) -> bool:
    interpreter = first[2:].split() if first.startswith(b"#!") else []
    if interpreter[:1] == [b"/usr/bin/env"]:
        interpreter = [word for word in interpreter[1:] if not word.startswith(b"-")]
    program = interpreter[0].rpartition(b"/")[2] if interpreter else b""
    return program in {b"sh", b"bash", b"dash", b"ksh", b"ash"} or path.endswith((".sh", ".bash", ".ksh", ".envrc"))


def _is_ruby(path: str, first: bytes) -> bool:
    name = path.rpartition("/")[2].lower()
    named = {"gemfile", "rakefile", "capfile", "guardfile", "vagrantfile", "config.ru"}
    # Rails reads its YAML as ERB.
    return (
        name.endswith((".rb", ".rake", ".ru", ".gemspec", ".erb", ".yml", ".yaml"))
        or name in named
        or (first.startswith(b"#!") and b"ruby" in first)
    )


def _is_spring(path: str, _first: bytes) -> bool:
    name = path.rpartition("/")[2].lower()
    is_known = name.startswith(("application", "bootstrap")) or "/src/main/resources/" in f"/{path}"
    return is_known and name.endswith((".properties", ".yml", ".yaml"))


def _is_compose(path: str, _first: bytes) -> bool:
    name = path.rpartition("/")[2].lower()
    stem = name.removeprefix("docker-").removeprefix("podman-")
    return name.endswith((".yml", ".yaml")) and stem.startswith(("compose.", "compose-", "compose_", "stack."))


def _is_dockerfile(path: str, _first: bytes) -> bool:
    name = path.rpartition("/")[2].lower()
    return name in {"dockerfile", "containerfile"} or name.startswith("dockerfile.") or name.endswith(".dockerfile")


def _is_workflow(path: str, _first: bytes) -> bool:
    return f"/{path}".rpartition("/")[0].endswith("/.github/workflows") and path.endswith((".yml", ".yaml"))


def _is_dotenv(path: str, _first: bytes) -> bool:
    name = path.rpartition("/")[2]
    return name == ".env" or (
        name.startswith(".env.") and not name.endswith((".example", ".sample", ".template", ".dist"))
    )


# References in documentation are examples: nothing resolves them.
def _is_no_documentation(path: str, _first: bytes) -> bool:
    return not path.lower().endswith((".md", ".mdx", ".rst", ".adoc"))


LANGUAGES = (
    Language("python", _suffix(".py", ".pyi")),
    Language("javascript", _suffix(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro")),
    Language("ruby", _is_ruby),
    Language("go", _suffix(".go")),
    Language("php", _suffix(".php", ".phtml", ".inc")),
    Language("java", _suffix(".java")),
    Language("csharp", _suffix(".cs", ".cshtml", ".razor")),
    Language("rust", _suffix(".rs")),
    Language("spring", _is_spring),
    Language("symfony", _suffix(".yaml", ".yml", ".xml", ".php")),
    Language("shell", _is_shell),
    Language("compose", _is_compose),
    Language("dockerfile", _is_dockerfile),
    Language("github", _is_workflow),
    Language("dotenv", _is_dotenv),
    Language("references", _is_no_documentation),
    Language("unread", _suffix(*unread.SUFFIXES)),
)  # fmt: skip


# References may stand in any text, and the last two of the table look at every file.
_DATA = (".yml", ".yaml", ".xml", ".json", ".properties", ".html", ".erb")
_UNLINKED = Reading(())


def read(path: str, content: bytes) -> Reading:
    """Read the names that a file uses, in the order of its lines, and notes on what could not be read.

    `path` has `/` between its parts and is relative to the folder that the user named. Raises nothing, whatever the content.
    """
    if b"\0" in content[:8000]:  # by this Git decides what is binary
        return Reading((), ())
    readings = list(_readings(path, content))
    uses = sorted({use for reading in readings for use in reading.uses}, key=_order)
    notes = tuple(note for reading in readings for note in reading.notes)
    # At most one of a file's languages has something for other files: the other one is `references`, which has not.
    linked = next((reading for reading in readings if reading[2:] != _UNLINKED[2:]), _UNLINKED)
    return linked._replace(uses=tuple(uses), notes=notes)


def is_program(path: str) -> bool:
    """True if a file of that name is a program in a language that is read here, and not data that may hold anything."""
    return not path.lower().endswith(_DATA) and any(language.applies(path, b"") for language in LANGUAGES[:-2])


def _order(use: Use) -> tuple[int, str, bool, str]:
    return use.line, use.name, use.has_default, use.kind.value


def _readings(path: str, content: bytes) -> Iterator[Reading]:
    first = content[:128].partition(b"\n")[0]
    for language in LANGUAGES:
        if language.applies(path, first):
            reader: Read = import_module(f"gitseal.code.{language.module}").read
            yield reader(path, content)
