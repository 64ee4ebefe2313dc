"""Lines of a story that need no shell: one call of `gitseal`, with words that mean themselves."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

# A word is made of these. The folders have no spaces; what else a story exports may have, and a shell makes several words of it.
_FOLDER = r"\$(?P<folder>TOP|WORK|TESTS|HOME)\b"
_PLAIN = r"(?P<plain>(?:[\w%+,./:=@^-]|(?<=\w)~)+)"
_PIECE = re.compile(rf"""'(?P<single>[^']*)'|"(?P<double>[^"$`\\!]*)"|{_FOLDER}|{_PLAIN}""")
_SETTING = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
# A whole word: a key that another command wrote into a file.
_KEY = re.compile(r"\$\(cat ([\w$./-]+)\)(?= |$)")


class Call(NamedTuple):
    """The words after `gitseal`, all of its environment, and the file that takes its standard output, "" for none."""

    words: list[str]
    environ: dict[str, str]
    output: str


def one_call(line: str, environ: Mapping[str, str], folder: Path = Path()) -> Call | None:
    """What a shell in the folder would make of the line, if it is such a call; None for what only a shell can tell."""
    line, _, output = line.partition(" > ")
    words, into = (_words(text, environ, folder) for text in (line, output))
    # What is opened at a device, /dev/full say, is not a file that takes what one had printed.
    if words is None or into is None or len(into) != bool(output) or output.startswith("/dev/"):
        return None
    environ = dict(environ)
    while words and (setting := _SETTING.fullmatch(words[0])):
        environ[setting[1]] = setting[2]
        del words[0]
    return Call(words[1:], environ, "".join(into)) if words[:1] == ["gitseal"] else None


def _words(line: str, environ: Mapping[str, str], folder: Path) -> list[str] | None:
    words, at, in_a_word = list[str](), 0, False
    while at < len(line):
        if line[at] == " ":
            at, in_a_word = at + 1, False
        elif not in_a_word and (key := _KEY.match(line, at)):
            content = _keys(key[1], environ, folder)
            if content is None:
                return None
            words, at = [*words, *content], key.end()
        elif piece := _PIECE.match(line, at):
            text = (
                environ[piece["folder"]]
                if piece["folder"]
                else next(text for text in piece.groups() if text is not None)
            )
            words = [*words[:-1], words[-1] + text] if in_a_word else [*words, text]
            at, in_a_word = piece.end(), True
        else:
            return None
    return words


def _keys(name: str, environ: Mapping[str, str], folder: Path) -> list[str] | None:
    """The words in a file, if no shell would see more in them."""
    path = _words(name, environ, folder)
    file = folder / "".join(path or ())
    words = file.read_text(encoding="utf-8").split() if path is not None and file.is_file() else ["*"]
    return words if all(map(re.compile(r"[\w+/=.:@-]+").fullmatch, words)) else None
