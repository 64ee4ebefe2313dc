"""Values as a sops file, for `export`."""

from collections.abc import Callable, Sequence

from gitseal.errors import Error
from gitseal.exchange._items import ImportedValue
from gitseal.exchange.sops import dotenv_file, json_file, metadata, opening, sealing, yaml_file, yaml_writing
from gitseal.exchange.sops.growing import DOTENV, JSON, YAML, SopsFormat, grown, texts
from gitseal.exchange.sops.tree import Node, Scalar, TreeBranch
from gitseal.records import NamedTuple


class _Form(NamedTuple):
    takes: SopsFormat
    write: Callable[[TreeBranch], bytes]
    parse: Callable[[bytes], list[TreeBranch]]


_FORMS = {
    YAML.name: _Form(YAML, yaml_writing.write, yaml_file.parse),
    JSON.name: _Form(JSON, json_file.write, json_file.parse),
    DOTENV.name: _Form(DOTENV, dotenv_file.write, dotenv_file.parse),
}


class SopsExport(NamedTuple):
    """The bytes of a file, and the number of comment lines that its format has no place for."""

    content: bytes
    lost_comments: int


def export(
    format_name: str,
    items: Sequence[ImportedValue],
    recipients: Sequence[str],
    modified: str,
    below: Sequence[str] = (),
) -> SopsExport:
    """A sops file of these values, sealed for these age and SSH recipients; `modified` is an UTC time, `2026-01-02T03:04:05Z`.

    `below` are comment lines that stand behind the last value.
    Raises Refused with all names that sops would not hold exactly. What was written is read again, and is the same.
    """
    form = _FORMS[format_name]
    branch = grown(items, form.takes)._replace(below=texts(below))
    key = sealing.new_data_key()
    content = form.write(sealing.sealed(branch, recipients, modified, key))
    documents, written = metadata.split(form.parse(content))
    opened = opening.opened(documents, metadata.parse(written), key).documents[0]
    if (opened.below != branch.below and form.takes.comments) or _bare(opened, comments=form.takes.comments) != _bare(
        branch, comments=form.takes.comments
    ):
        raise Error("the file would not hold what it was made of, so it was not written", "report this as a bug")
    lines = (*(line for item in items for line in item.comments), *below)
    lost = 0 if form.takes.comments else sum(map(bool, lines))
    return SopsExport(content, lost)


def _bare(node: Node, *, comments: bool) -> object:
    """A tree without its lines, to compare."""
    if isinstance(node, Scalar):
        return node.kind, node.content
    if isinstance(node, TreeBranch):
        return [
            (one.name, one.comments if comments else (), _bare(one.value, comments=comments)) for one in node.members
        ]
    return ["list", *(_bare(item, comments=comments) for item in node.items)]
