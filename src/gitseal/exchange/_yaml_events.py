"""ruamel.yaml's events one by one: what it refuses becomes an error of ours, and anchors are refused.

A few lines of anchors and aliases grow to gigabytes.
"""

from collections.abc import Iterator
from typing import TypeAlias

from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from gitseal.errors import Malformed

Events: TypeAlias = Iterator[ev.Event]


def next_event(events: Events) -> ev.Event | None:
    """The next event, None at the end. Raises Malformed with the line, also for an anchor or an alias."""
    event = next_of_any_kind(events)
    if isinstance(event, ev.AliasEvent) or getattr(event, "anchor", None) is not None:
        assert event is not None  # noqa: S101 - it has an anchor
        raise Malformed("anchors and aliases are not imported", line_of(event), "write the value out at each place")
    return event


def next_of_any_kind(events: Events) -> ev.Event | None:
    """The next event, None at the end; it may be an alias, or have an anchor. Raises Malformed with the line."""
    event, problem = _next(events)
    if problem:
        raise problem
    return event


def line_of(event: ev.Event) -> int:
    """The line where an event begins, counted from 1; 0 if it has none."""
    mark = event.start_mark
    return mark.line + 1 if mark else 0


def _next(events: Events) -> tuple[ev.Event | None, Malformed | None]:
    """The next event, or the error for the caller to raise.

    Raised in here it would have the reader's error as its context, and that holds the whole file.
    """
    try:
        return next(events, None), None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, Malformed(f"the file is not YAML{_said(error.problem)}", mark.line + 1 if mark else 0)
    except (YAMLError, ValueError, IndexError, AssertionError, AttributeError, RecursionError):
        # ruamel.yaml fails like this on some input that it should refuse.
        return None, Malformed("the file is not YAML that can be read")


def _said(problem: str | None) -> str:
    """The reader's words, unless they quote something: that may come from the file."""
    return f": {problem}" if problem and "'" not in problem and '"' not in problem else ""
