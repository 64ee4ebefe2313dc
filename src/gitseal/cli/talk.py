"""What commands tell a person beside their result, on standard error."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitseal.sealing.change import SetResult


def say(*lines: str) -> None:
    """Talk: lines on standard error; nothing if it was closed. Each argument stays one line, whatever is in it."""
    from gitseal.recipients.kinds import without_private_keys  # many commands say nothing
    from gitseal.report.escaping import line

    # Whatever a message quotes, such as a path: a key that was given in place of it is shown to nobody.
    say_text("".join(f"{line(without_private_keys(told))}\n" for told in lines))


def option_for(folder: str) -> tuple[str, ...]:
    """What a printed `git` or `gitseal` gets to work in a folder: `-C` and its path, or nothing if we are there."""
    try:
        here = os.path.realpath(os.curdir)
    except OSError:  # the folder that we were started in is gone
        return ("-C", folder)
    return () if os.path.realpath(folder) == here else ("-C", os.path.relpath(folder, here))


def say_set(results: "Iterable[SetResult]") -> None:
    """Says what became of values that were set, a line each."""
    for one in results:
        say(f"{one.environment}: {one.outcome.value} {one.name}{' (empty)' if one.is_empty else ''}")


def say_text(written: str) -> None:
    """A text as it is on standard error; nothing if it was closed. For formats that escape by rules of their own."""
    if sys.stderr is not None:
        sys.stderr.write(written)
        sys.stderr.flush()
