r"""sops' dotenv: every line is `NAME=VALUE` as it stands or `#COMMENT`, and `\n` is a line end. Nothing quotes."""

from gitseal.errors import Malformed
from gitseal.exchange._text import decoded
from gitseal.exchange.sops import scalars
from gitseal.exchange.sops.tree import Member, TreeBranch


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
    return [TreeBranch(members)]
