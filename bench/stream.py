"""Writes a long history by `git fast-import`: `python -m bench.stream COMMITS SHARE < production.yaml | git fast-import`.

Standard input is an environment file that gitseal made. Of the COMMITS every SHARE-th sets one value in one of three such
files, the others change a file among 400 of a program; every 40th is a merge of a branch of three commits. Nothing in it
is random between runs, and no value opens: `log` holds no key.
"""

import random
import re
import sys
from collections.abc import Iterator

ENVIRONMENTS = ("development", "staging", "production")
PACKAGES, MODULES = 20, 20
BRANCH = 40
"""One commit in so many is a merge."""

START = 1_600_000_000
MINUTE = 60
_PAYLOAD = re.compile(rb"(?<=,)[A-Za-z0-9+/]{60}(?=[A-Za-z0-9+/=]*\]\n)")


def main_line(sealed: bytes, commits: int, share: int) -> Iterator[bytes]:
    """The whole input of `git fast-import`, on branch main."""
    dice = random.Random(commits)
    files = dict.fromkeys(ENVIRONMENTS, sealed)
    last, behind, base, merged = 1, 0, 0, 0
    yield _commit("main", 1, 0, [(_path(name), content) for name, content in files.items()])
    for number in range(2, commits + 1):
        parents: tuple[int, ...] = ()
        if number % BRANCH == 0:
            base, behind = last, number
            branch, parents = "side", (base,)
        elif behind and number - behind < 3:  # noqa: PLR2004 - as the module says
            branch, parents = "side", (number - 1,)
        elif behind:
            branch, parents, merged, behind = "main", (base, number - 1), number, 0
        else:
            branch, parents = "main", (last,)
        if number % share == 0 and merged != number:
            name = dice.choice(ENVIRONMENTS)
            files[name] = _another(files[name], dice)
            changed = (_path(name), files[name])
        else:
            changed = _code(dice)
        # A merge takes over what its branch set; the branch goes on from where it began.
        brought = [(_path(name), content) for name, content in files.items()] if merged == number else []
        yield _commit(branch, number, number * MINUTE, [*brought, changed], parents)
        if branch == "main":
            last = number


def _path(environment: str) -> str:
    return f".secrets/{environment}.yaml"


def _code(dice: random.Random) -> tuple[str, bytes]:
    """A file of a program, with new contents."""
    return f"src/p{dice.randrange(PACKAGES)}/m{dice.randrange(MODULES)}.py", dice.randbytes(300).hex().encode()


def _another(sealed: bytes, dice: random.Random) -> bytes:
    """The file with another token for one of its names."""
    places = list(_PAYLOAD.finditer(sealed, 0, sealed.index(b"\ngitseal:")))
    chosen = dice.choice(places)
    payload = "".join(dice.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef", k=60)).encode()
    return sealed[: chosen.start()] + payload + sealed[chosen.end() :]


def _commit(
    branch: str, mark: int, seconds: int, files: list[tuple[str, bytes]], parents: tuple[int, ...] = ()
) -> bytes:
    """One commit; `parents` are marks, the first of them the one that it goes on from."""
    message = b"commit %d" % mark
    lines = [b"commit refs/heads/%b\nmark :%d\n" % (branch.encode(), mark)]
    lines.append(b"committer bench <bench@example.com> %d +0000\n" % (START + seconds))
    lines.append(b"data %d\n%b\n" % (len(message), message))
    lines += [b"%b :%d\n" % (word, parent) for word, parent in zip((b"from", b"merge"), parents, strict=False)]
    lines += [b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(data), data) for path, data in files]
    return b"".join(lines)


def branch(sealed: bytes, commits: int, share: int) -> Iterator[bytes]:
    """A branch `topic` from main, of that many commits; every `share`-th sets one value of production."""
    dice = random.Random(commits)
    for number in range(1, commits + 1):
        if number % share == 0:
            sealed = _another(sealed, dice)
            changed = (_path("production"), sealed)
        else:
            changed = _code(dice)
        whole = _commit("topic", number, number * MINUTE, [changed], (number - 1,) * (number > 1))
        head, _, files = whole.partition(b"\nM ")
        yield whole if number > 1 else head + b"\nfrom refs/heads/main^0\nM " + files


def main(commits: int, share: int) -> None:
    """Write it."""
    sealed = sys.stdin.buffer.read()
    for part in main_line(sealed, commits, share):
        sys.stdout.buffer.write(part)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
