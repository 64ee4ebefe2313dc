"""The common part of the env-shaped dialects: names of one part, no nulls, and all refusals collected before any is raised."""

from collections.abc import Callable, Sequence

from gitseal.document.value import ValueType
from gitseal.render._shape import CannotCarry, Path, RenderedEntry, Uncarried, text_of

NAME = "[A-Za-z_][A-Za-z0-9_]*"


def assignments(
    entries: Sequence[RenderedEntry], encode: Callable[[str], str], *, container_names: bool = False
) -> bytes:
    """Write a line `NAME=` and `encode(text)` for each entry. Raises as `records` does."""
    return records(entries, lambda name, text: f"{name}={encode(text)}\n", container_names=container_names)


def records(
    entries: Sequence[RenderedEntry], record: Callable[[str, str], str], *, container_names: bool = False
) -> bytes:
    """Join what `record(name, text)` gives for each entry.

    Raises Uncarried with all names outside `[A-Za-z_][A-Za-z0-9_]*`, all values with NUL or bytes that are not UTF-8, and all
    for which `record` raises CannotCarry. With `container_names` names have `-` and `.` as well, after their first character:
    Spring and Keycloak have such. Raises ValueError for sectioned and repeated names: the caller sorts them out.
    """
    check = check_container_name if container_names else check_name

    def write(name: str, entry: RenderedEntry) -> str:
        check(name)
        text = text_of(entry.value)
        if "\0" in text:
            raise CannotCarry(NUL)
        return record(name, text)

    return "".join(gather(entries, write)).encode()


def gather(entries: Sequence[RenderedEntry], write: Callable[[str, RenderedEntry], str]) -> list[str]:
    """List what `write(name, entry)` gives for each entry that is not null, in their order.

    Raises Uncarried with every name for which `write` raises CannotCarry, and ValueError as `records` does.
    """
    written: list[str] = []
    reasons: dict[Path, str] = {}
    seen: set[str] = set()
    for entry in entries:
        (name,) = entry.path
        if name in seen:
            raise ValueError(f"{name} is given twice")
        seen.add(name)
        if entry.value.kind is ValueType.NULL:
            continue
        try:
            written.append(write(name, entry))
        except CannotCarry as refusal:
            reasons[entry.path] = refusal.reason
    if reasons:
        raise Uncarried(reasons)
    return written


NUL = "a NUL, which no environment variable can hold"


def check_name(name: str) -> None:
    """Raise CannotCarry unless it is a name of an environment variable (POSIX, XBD 8.1, with lower case as well)."""
    if not (name.isascii() and name.isidentifier()):
        raise CannotCarry("a name that is no variable name: only letters, digits and _ serve")


def check_container_name(name: str) -> None:
    """Raise CannotCarry unless it is a name that docker and compose hand on: `-` and `.` serve too, but not at its start."""
    if not is_container_name(name):
        raise CannotCarry("a name that containers do not get: only letters, digits, _, - and . serve")


def is_container_name(name: str) -> bool:
    """True if docker and compose hand a variable of that name on."""
    return name.isascii() and name[:1] not in {"-", "."} and name.replace("-", "_").replace(".", "_").isidentifier()


def container_remarks(entries: Sequence[RenderedEntry]) -> tuple[str, ...]:
    """A sentence about the names that reach a container's program, and no shell."""
    unusual = [entry.path[0] for entry in entries if not entry.path[0].isidentifier()]
    if not unusual:
        return ()
    return (f"{', '.join(unusual)}: the program in the container gets such a name, and a shell there cannot say it",)
