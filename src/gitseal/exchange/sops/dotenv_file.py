r"""sops' dotenv: every line is `NAME=VALUE` as it stands or `#COMMENT`, and `\n` is a line end. Nothing quotes."""

from gitseal.errors import Malformed
from gitseal.exchange._text import decoded
from gitseal.exchange.sops import scalars
from gitseal.exchange.sops.metadata import NAME, PREFIX, flattened
from gitseal.exchange.sops.tree import Member, Scalar, TreeBranch


def parse(data: bytes) -> list[TreeBranch]:
    """The one document of a file. Raises Malformed, with the line."""
    members: list[Member] = []
    comments: list[str] = []
    for number, whole in enumerate(decoded(data).split("\n"), 1):
        line = whole.removesuffix("\r")
        if line.startswith("#"):
            comments.append(line[1:])
            continue
        if not line:
            continue
        name, equals, content = line.partition("=")
        if not equals:
            raise Malformed("the line has no = after its name", number)
        value = scalars.text(content.replace("\\n", "\n"), number)
        members.append(Member(name, value, number, tuple(comments)))
        comments.clear()
    return [TreeBranch(members, below=tuple(comments))]


def write(branch: TreeBranch) -> bytes:
    """A sealed tree of texts, as sops writes it: its metadata in flat names behind the others."""
    lines: list[str] = []
    for member in branch.members:
        lines += [f"#{text}" for text in member.comments]
        if member.name == NAME and isinstance(member.value, TreeBranch):
            lines += [_line(PREFIX + name, text) for name, text in flattened(member.value)]
        elif isinstance(member.value, Scalar):
            lines.append(_line(member.name, member.value.content.decode()))
    return "".join(f"{line}\n" for line in lines).encode()


def _line(name: str, content: str) -> str:
    return f"{name}=" + content.replace("\n", "\\n")
