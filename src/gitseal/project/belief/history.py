"""The data keys that a history holds: the facts of every version of every sealed file in it."""

import os
from collections import deque
from collections.abc import Iterable, Iterator

from gitseal.crypto.digest import sha256_hex
from gitseal.git.log import shallow_ends
from gitseal.git.object_reader import ObjectReader
from gitseal.git.partial import objects_here
from gitseal.git.ranges import descends, forced_away
from gitseal.git.repository import Repository
from gitseal.git.versions import ALL, EVERYWHERE, Version, listed, staged
from gitseal.project.belief.facts import Fact, facts
from gitseal.project.belief.facts_cache import FactsCache, HistorySum, KeyRow

_NO_ENVIRONMENTS = ("policy.yaml", "manifest.yaml", "allow.yaml")


class KeyHistory:
    """The facts of a repository's histories, read once each and kept in the Git directory."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._cache = FactsCache(repository.common_dir() / "gitseal" / "facts")

    def of_blobs(self, ids: Iterable[str]) -> dict[str, tuple[Fact, ...]]:
        """The facts of blobs. One that is not here is left out: nothing is fetched for this.

        `ids` may still be coming: Git reads the first blobs while it looks for the last.
        """
        known: dict[str, tuple[Fact, ...]] = {}
        asked: deque[str] = deque()
        here = objects_here(self._repository)

        def missing() -> Iterator[str]:
            for blob in ids:
                if blob in self._cache.blobs:
                    known[blob] = self._cache.blobs[blob]
                elif blob not in known and (here is None or blob in here):
                    known[blob] = ()
                    asked.append(blob)
                    yield blob

        # Not the repository's own reader: in a partial clone that one would fetch version by version.
        reader = ObjectReader(self._repository.folder, in_hook=self._repository.in_hook, fetches=False)
        for streamed in reader.stream(missing()):
            # Git answers in the order of the questions, and may have read further ahead than it has answered.
            blob = asked.popleft()
            if streamed.kind == "blob":
                known[blob] = facts(streamed.read())
                self._cache.add(blob, known[blob])
            else:
                del known[blob]
        return known

    def of_ref(self, ref: str, tip: str, folder: str) -> tuple[KeyRow, ...]:
        """All that the sealed files of a folder ever held in the history of a commit, at other places before they came there.

        `ref` and `folder` name the sum, which goes on from the one of the last time if that was of an ancestor.
        """
        name, shallow = f"{ref} {folder}", sha256_hex("\n".join(shallow_ends(self._repository)).encode())
        last = self._cache.sums.get(name)
        if last is not None and last[:2] == (tip, shallow):
            return last.rows
        # After a forced push or `git fetch --deepen` a sum cannot go on: what it summed is not what is there.
        goes_on = last is not None and last.shallow == shallow and descends(self._repository, tip, last.tip)
        before = last if goes_on else None
        ids, known = self._read(tip, f"^{before.tip}" if before is not None else "", folder)
        rows = _summed(before.rows if before is not None else (), ids, known)
        if len(known) == len(set(ids)):
            self._cache.add_sum(name, HistorySum(tip, shallow, rows))
        # Else a blob is not here, as in a partial clone: what can be seen counts, for this once.
        return rows

    def of_earlier(self, ref: str, tip: str, folder: str) -> tuple[KeyRow, ...]:
        """All that the sealed files of a folder held in what a ref had before, by its reflog, and its tip does not have."""
        named, gone = forced_away(self._repository, ref, tip)
        if not gone:
            return ()
        name, state = f"{ref} {folder} before", sha256_hex("\n".join((tip, *named)).encode())
        last = self._cache.sums.get(name)
        if last is not None and last.tip == state:
            return last.rows
        versions = listed(self._repository, [*gone, f"^{tip}"], [f":(top,literal){folder}"])
        ids = [version.blob for version in versions if _is_environment(version.path, folder)][::-1]
        rows = _summed((), ids, self.of_blobs(ids))
        self._cache.add_sum(name, HistorySum(state, "", rows))
        return rows

    def everywhere(self) -> tuple[KeyRow, ...]:
        """The facts of every ref, every reflog and the index, at any place. A proof proves itself, wherever it lies."""
        versions = [*listed(self._repository, ALL, EVERYWHERE)][::-1]
        ids = [*(version.blob for version in versions), *staged(self._repository, *EVERYWHERE)]
        return _summed((), ids, self.of_blobs(ids))

    def save(self) -> None:
        """Keeps what was read for the next command."""
        self._cache.save()

    def _read(self, tip: str, without: str, folder: str) -> tuple[list[str], dict[str, tuple[Fact, ...]]]:
        """The blobs of a folder's files, oldest first, with their facts; first what lay elsewhere until it came to the folder.

        To look everywhere in all of history takes three times as long. What a moved file was before it came is in the
        ancestors of the commit that brought it.
        """
        here: list[Version] = []
        elsewhere: list[Version] = []

        def coming() -> Iterator[str]:
            for version in listed(self._repository, [tip, *filter(None, [without])], [f":(top,literal){folder}"]):
                if _is_environment(version.path, folder):
                    here.append(version)
                    yield version.blob
            parents = sorted({parent for version in here if version.is_new for parent in version.parents})
            for version in listed(self._repository, parents, EVERYWHERE) if parents else ():
                elsewhere.append(version)
                yield version.blob

        known = self.of_blobs(coming())
        return [version.blob for version in (*reversed(elsewhere), *reversed(here))], known


def _summed(before: tuple[KeyRow, ...], ids: Iterable[str], known: dict[str, tuple[Fact, ...]]) -> tuple[KeyRow, ...]:
    # One blob for each wording, all of them: whoever can commit could fill any number of places with spoilt ones, backdated.
    blobs = {row.fact: row.blob for row in before}
    for blob in ids:
        for fact in known.get(blob, ()):
            blobs.setdefault(fact, blob)
    return tuple(KeyRow(fact, blob) for fact, blob in blobs.items())


def _is_environment(path: str, folder: str) -> bool:
    name = path.removeprefix(f"{folder}/")
    return os.sep not in name and name.endswith(".yaml") and name not in _NO_ENVIRONMENTS
