"""`gitseal driver merge BASE OURS THEIRS [SIZE PATH BASE-LABEL OURS-LABEL THEIRS-LABEL]`: Git's merge driver.

Statuses as Git takes them (gitattributes(5)): 0 clean; 1 to 128 a conflict, which is in the file; above that, failed.
"""

import os
import sys

from gitseal.document.merging.conflict import SIZE, How, Labels
from gitseal.errors import Error
from gitseal.git import merging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitseal.git.child import Running

_FAILED = 129
_NEEDED = 3


def main(words: "Sequence[str]") -> int:
    """Merges, and says which names are in conflict."""
    if len(words) < _NEEDED:
        sys.stderr.write("gitseal: the merge driver takes three files; Git calls it, see: gitseal doctor\n")
        return _FAILED
    base, ours, theirs = words[:3]
    size, place, *labels = [*words[3:], *[""] * 5][:5]
    length = int(size) if size.isdecimal() and 0 < int(size) < 1000 else SIZE  # noqa: PLR2004 - nobody wants more
    # A Git older than 2.44 hands over the placeholders that it does not know as they are.
    named = ["" if label.startswith("%") else label for label in labels]
    known = Labels(named[1] or "ours", named[0] or "base", named[2] or "theirs")
    begun = _begin((ours, base, theirs), known, length)
    from gitseal.conflict.merge_files import is_structured, merge_files  # while Git works

    try:
        conflicts = merge_files((base, ours, theirs), How(known, length), begun, place)
    except OSError as error:
        from gitseal.report.escaping import printable

        reason = (error.strerror or "unknown").lower()
        sys.stderr.write(f'gitseal: the merge of "{printable(place)}" could not be written: {reason}\n')
        sys.stderr.write("  see if there is room: df -h\n")
        return _FAILED
    if conflicts and length == SIZE:
        from gitseal.report.escaping import printable  # a clean merge says nothing

        following = "edit these lines, then: git add" if is_structured(place) else "gitseal resolve"
        sys.stderr.write(f"gitseal: {printable(place) or 'a sealed file'}: {_words(conflicts)}; next: {following}\n")
    return merging.DRIVER_CONFLICT if conflicts else 0


def _begin(files: "Sequence[str]", labels: Labels, size: int) -> "Running | None":
    """Git's merge of the lines; None if there is no `git`, which whoever needs the merge finds out again."""
    try:
        return merging.begin(os.curdir, files, labels, size)
    except Error:
        return None


def _words(conflicts: "Sequence[str]") -> str:
    from gitseal.report.escaping import printable

    shown = 5
    names = [name for name in dict.fromkeys(conflicts) if name]
    if not names:
        return "the two sides are in conflict"
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return f"in conflict: {', '.join(map(printable, names[:shown]))}{more}"
