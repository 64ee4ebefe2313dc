"""A command line read by what its command declares, exactly as click would; tests/cli/test_parsing.py holds the two equal.

It knows no words for what is wrong. Whatever it does not take, help and mistakes alike, is `None`, and the caller lets click
say it.
"""

import os

from gitseal.cli.declare import Command, Group, Option, Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    Values = dict[str, Any]


class Call:
    """A command with the values of its parameters; `outer` are those of the program itself, given before the command."""

    __slots__ = ("command", "outer", "values")

    def __init__(self, command: Command, outer: "Values", values: "Values") -> None:
        self.command = command
        self.outer = outer
        self.values = values


class _Refused(Exception):
    """Not a call: help is asked for, or something is wrong."""


def read(program: Group, words: "Sequence[str]", environ: "Mapping[str, str]") -> Call | None:
    """The call that the words make, or None if they make none."""
    try:
        return _read(program, words, environ)
    except _Refused:
        return None


def misses_dashes(command: Command, words: "Sequence[str]") -> bool:
    """True if a word that belongs after `--` stands before it, in words that click takes."""
    try:
        _, loose, _ = _options(command.options, words, is_open=not command.passes_on, passes_on=command.passes_on)
    except _Refused:
        return False
    before = sum(not argument.after_dashes for argument in command.arguments)
    return before < len(command.arguments) and before < len(loose)


def _read(program: Group, words: "Sequence[str]", environ: "Mapping[str, str]") -> Call:
    given, _, rest = _options(program.options, words, is_open=False)
    outer = {option.name: _value(option, given, environ) for option in program.options}
    command: Command | Group = program
    while isinstance(command, Group):
        if command is not program:
            # A group below the program has no options of its own; anything with a dash is help or a mistake.
            _, _, rest = _options((), rest, is_open=False)
        member = command.find(rest[0]) if rest else command.find_alone()
        if member is None:
            raise _Refused
        command, rest = member, rest[1:]
    given, loose, last = _options(command.options, rest, is_open=not command.passes_on, passes_on=command.passes_on)
    rest = [*loose, *last]
    for argument in command.arguments:
        if argument.after_dashes and len(rest) > len(last):
            raise _Refused
        if rest:
            given[argument.name] = rest if argument.multiple else rest[0]
            rest = [] if argument.multiple else rest[1:]
    if rest:
        raise _Refused
    return Call(command, outer, {parameter.name: _value(parameter, given, environ) for parameter in command.parameters})


def _options(
    options: "Sequence[Option]", words: "Sequence[str]", *, is_open: bool, passes_on: bool = False
) -> "tuple[Values, list[str], list[str]]":
    """The values of the options, and the words that are left for arguments: those between options, and those at the end.

    `is_open`: options may come after arguments. `passes_on`: an unknown option is an argument.
    """
    by_word = {word: option for option in options for word in option.words}
    given: Values = {}
    loose: list[str] = []
    left = list(reversed(words))
    while left:
        word = left.pop()
        if word == "--":
            break
        if word[:1] != "-" or word == "-":
            if not is_open:
                left.append(word)
                break
            loose.append(word)
        elif word.startswith("--"):
            name, equals, attached = word.partition("=")
            option = by_word.get(name)
            if option is None:
                if not passes_on or name == "--help":
                    raise _Refused
                loose.append(word)
            else:
                _take(option, name, attached if equals else None, left, given)
        else:
            unknown = _cluster(by_word, word, left, given)
            if unknown and not passes_on:
                raise _Refused
            loose += [f"-{unknown}"] if unknown else []
    return given, loose, left[::-1]


def _cluster(by_word: "Mapping[str, Option]", word: str, left: list[str], given: "Values") -> str:
    """Takes short options that stand in one word, the last perhaps with its value; gives the letters that are no options."""
    unknown = ""
    for at, letter in enumerate(word[1:], 2):
        option = by_word.get(f"-{letter}")
        if letter == "h":
            raise _Refused
        if option is None:
            unknown += letter
        elif option.constants:
            _take(option, f"-{letter}", None, left, given)
        else:
            _take(option, f"-{letter}", word[at:] or None, left, given)
            break
    return unknown


def _take(option: Option, word: str, attached: str | None, left: list[str], given: "Values") -> None:
    value: object
    if option.constants:
        if attached is not None:
            raise _Refused
        value = option.constants[word]
    elif attached is not None:
        value = attached
    elif left:
        value = left.pop()
    else:
        raise _Refused
    if option.multiple:
        before = given.setdefault(option.name, [])
        assert isinstance(before, list)  # noqa: S101 - made on the line above
        before.append(value)
    else:
        given[option.name] = value


def _value(parameter: Parameter, given: "Values", environ: "Mapping[str, str]") -> object:
    """The checked value of a parameter: as given, else from its environment variable, else its default."""
    value = given.get(parameter.name)
    if value is None and isinstance(parameter, Option) and parameter.envvar:
        value = environ.get(parameter.envvar, "").split() or None
    if value is None:
        if parameter.required:
            raise _Refused
        return parameter.default
    if isinstance(value, list):
        return tuple(_checked(parameter, text) for text in value)
    return _checked(parameter, value)


def _checked(parameter: Parameter, value: object) -> object:
    if parameter.choices and value not in parameter.choices:
        raise _Refused
    if parameter.is_path and not (parameter.takes_dash and value == "-"):
        path = str(value)
        if os.path.exists(path) and not os.access(path, os.R_OK):
            raise _Refused
    return value
