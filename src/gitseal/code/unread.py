"""Languages that nobody here reads. A file that speaks of the environment in one of them is told as not looked at."""

import re

from gitseal.code.uses import Reading

_LANGUAGES = {
    "C or C++": (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".m", ".mm"),
    "Clojure": (".clj", ".cljs", ".cljc"),
    "Crystal": (".cr",),
    "D, Nim or Zig": (".d", ".nim", ".zig"),
    "Dart": (".dart",),
    "Elixir or Erlang": (".ex", ".exs", ".eex", ".heex", ".erl", ".hrl"),
    "F# or Visual Basic": (".fs", ".fsx", ".vb"),
    "fish or zsh": (".fish", ".zsh"),
    "Groovy": (".groovy", ".gradle"),
    "Haml or Slim": (".haml", ".slim"),
    "Haskell or OCaml": (".hs", ".ml", ".mli"),
    "Julia or R": (".jl", ".r"),
    "Kotlin": (".kt", ".kts"),
    "Lua": (".lua",),
    "Perl": (".pl", ".pm", ".t", ".psgi"),
    "PowerShell": (".ps1", ".psm1"),
    "Scala": (".scala", ".sc", ".sbt"),
    "Swift": (".swift",),
}
_NAMES = {suffix: name for name, suffixes in _LANGUAGES.items() for suffix in suffixes}
SUFFIXES = tuple(_NAMES)
# `System.getenv`, `System.get_env`, `Platform.environment`, `%ENV`, `$env:X`, `sys.env`, `ProcessInfo`, `lookupEnv`.
_WORD = re.compile(
    rb"getenv|_env\b|\benviron(?:ment)?[\[(]|[.\"]environment\b|\bENV\b|\$env:|sys\.env|ProcessInfo|lookupEnv|\$\{[A-Z]"
)
# Their scripts name variables and no environment.
_SHELLS = (".fish", ".zsh")


def read(path: str, content: bytes) -> Reading:
    """Read no name, and say so if the file has some."""
    suffix = f".{path.lower().rpartition('.')[2]}"
    if suffix not in _SHELLS and not _WORD.search(content):
        return Reading(())
    return Reading((), (f"was not looked at: gitseal reads no {_NAMES[suffix]}",))
