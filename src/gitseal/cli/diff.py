"""`gitseal diff`."""

from collections import Counter

from gitseal.cli import declare, output
from gitseal.cli.options import json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.project.reading import check_reveal
from gitseal.usecases.diff import Compared, Difference, compare, difference_words


@declare.command("diff")
@declare.argument("left", metavar="A", complete=declare.ENVIRONMENTS)
@declare.argument("right", metavar="B", complete=declare.ENVIRONMENTS)
@declare.option("--show-values", is_flag=True, help="Also show the values, if the policy allows it.")
@declare.option("--all", "show_all", is_flag=True, help="Also list names that are identical.")
@json_option
def command(session: Session, left: str, right: str, show_values: bool, show_all: bool, as_json: bool) -> None:
    """Compare two environments, or two states of one, name by name.

    Each side is ENV or REV:ENV, such as HEAD~3:production. A name is only in one of them, different, identical, or unknown: no
    identity at hand opens it.

    Examples:
      gitseal diff development production
      gitseal diff HEAD~1:production production
    """
    # Two states of commits need no working tree.
    workspace = session.committed_workspace if ":" in left and ":" in right else session.workspace
    project = workspace.project
    if show_values:
        for side in (left, right):
            check_reveal(project, project.policy.resolve(side.rpartition(":")[2]))
    rows = compare(workspace, left, right)
    for side in (left, right) if show_values else ():
        environment = project.policy.resolve(side.rpartition(":")[2])
        session.note_read("diff", environment, (row.name for row in rows if row.left or row.right))
    if as_json:
        output.as_json([_object(row, show_values=show_values) for row in rows])
        return
    words = difference_words(left, right)
    listed = [row for row in rows if show_all or row.difference is not Difference.IDENTICAL]
    if show_values:
        output.table(
            ("NAME", "DIFFERENCE", left, right),
            ((row.name, words[row.difference], _side(row, "left"), _side(row, "right")) for row in listed),
        )
    else:
        output.table(("NAME", "DIFFERENCE"), ((row.name, words[row.difference]) for row in listed))
    counts = Counter(row.difference for row in rows)
    told = ", ".join(f"{counts[kind]} {words[kind]}" for kind in Difference if counts[kind])
    say(told or f"neither {left} nor {right} has any names")


def _side(row: Compared, side: str) -> str:
    value = row.left if side == "left" else row.right
    absent = row.difference is (Difference.RIGHT if side == "left" else Difference.LEFT)
    return "" if absent else output.shown(value)


def _object(row: Compared, *, show_values: bool) -> dict[str, str]:
    shown = {"name": row.name, "difference": row.difference.value}
    if show_values:
        shown |= {side: _side(row, side) for side in ("left", "right")}
    return shown
