"""The law of mutation, over histories in real Git: no edit of a covered file is silent, and nothing outside the table passes.

Each history is a few commits of random edits by hand, on files of a small team, with merges that drop or add something.
"""

from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitseal.audit.review.changed_lines import ChangedLines, ToldEntry
from gitseal.audit.review.range import ReviewOptions, ReviewRange
from gitseal.audit.review.review import review
from gitseal.git.repository import Repository
from gitseal.report.findings import ERROR, WARNING
from gitseal.review.entries.entries_of import Context
from gitseal.review.model import Review
from tests.programs import git
from tests.review.entries.files import PATHS, edited, made
from tests.templates import Templates
from tests.world import start

FAST = ReviewOptions(verify=False, scan=False)


class History:
    """A clone of a team in which random things happen."""

    def __init__(self, top: Path, random: Random) -> None:
        self.top = top
        self._random = random

    def happen(self) -> None:
        """One to three commits, of which one may be a merge of two."""
        for _ in range(self._random.randint(1, 3)):
            self._random.choice([self._edit, self._edit, self._edit, self._replace, self._rename, self._merge])()

    def _files(self) -> list[Path]:
        places = [*self.top.glob(".secrets/**/*"), *self.top.glob(".git[am]*")]
        return sorted(place for place in places if place.is_file() and not place.is_symlink())

    def _edit(self) -> None:
        place = self._random.choice(self._files())
        kinds = [kind for kind, path in PATHS.items() if path.endswith(place.name)]
        kind = kinds[0] if kinds else "sealed" if place.suffix == ".yaml" else "foreign"
        place.write_bytes(edited(place.read_bytes(), kind, self._random))
        self._commit()

    def _replace(self) -> None:
        """A file comes, goes, becomes a link, or executable."""
        place = self._random.choice(self._files())
        what = self._random.randrange(4)
        if what == 0:
            place.unlink()
        elif what == 1:
            place.unlink()
            place.symlink_to(self._random.choice(["../README", "policy.yaml"]))
        elif what == 2:
            place.chmod(0o755)
        else:
            kind = self._random.choice(sorted(PATHS))
            new = self.top / PATHS[kind]
            new.parent.mkdir(parents=True, exist_ok=True)
            if not new.exists():
                new.write_bytes(made(kind, self._random))
        self._commit()

    def _rename(self) -> None:
        place = self._random.choice(self._files())
        place.rename(
            place.with_name(self._random.choice(["other.yaml", "production.local.yaml", "notes.txt", "b.yaml"]))
        )
        self._commit()

    def _merge(self) -> None:
        here = git(self.top, "rev-parse", "HEAD").strip()
        self._edit()
        side = git(self.top, "rev-parse", "HEAD").strip()
        git(self.top, "checkout", "--quiet", "--force", "--detach", here)
        self._edit()
        strategy = self._random.choice(["ours", "ort"])
        git(self.top, "merge", "--quiet", "--no-commit", "--no-ff", f"--strategy={strategy}", side, ok=(0, 1))
        if self._random.random() < 0.5:
            self._edit()
        else:
            self._commit()

    def _commit(self) -> None:
        git(self.top, "add", "--all", "--force")
        git(self.top, "commit", "--quiet", "--allow-empty", "--message=step")


@pytest.mark.fuzz
@settings(max_examples=10)
@given(st.integers(0, 2**32))
@example(seed=33262)
def test_no_edit_is_silent_and_nothing_outside_the_table_passes(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("history")
    templates.copy("laws", folder, _build)
    top, random = folder / "team", Random(seed)
    base = git(top, "rev-parse", "HEAD").strip()
    History(top, random).happen()

    found, told = _reviewed(top, f"{base}..HEAD")

    differs = git(top, "log", "--format=", "--name-only", "-m", "--full-history", f"{base}..HEAD").strip()
    assert bool(differs) >= bool(told)
    covered = [line for line in differs.split("\n") if line]
    if covered:
        assert told or _all_merged(top, base)
    stops = {(each.rule, each.path) for each in found.risks if each.severity in {ERROR, WARNING}}
    paths = {path for _, path in stops}
    for each in told:
        entry = each.entry
        if entry.classified.is_neutral:
            assert found.reformatted
        elif entry.classified.rule and not _is_over(found, entry.path):
            assert entry.path in paths, (entry, found.risks)
    if told and not all(each.entry.classified.is_neutral for each in told):
        assert not found.is_empty


def _is_over(found: Review, path: str) -> bool:
    """True if what a commit did was mended in the range by a new key, taken over, or is a part of an environment that is new."""
    return any(
        environment.path == path and (environment.state == "added" or environment.names or environment.keys)
        for environment in found.environments
    )


def _all_merged(top: Path, base: str) -> bool:
    """True if only merges of the range have changes, which are those of their sides."""
    return not git(top, "log", "--format=", "--name-only", "--no-merges", f"{base}..HEAD").strip()


def _reviewed(top: Path, span: str) -> tuple[Review, list[ToldEntry]]:
    """The review, and the entries that it was made of."""
    seen: list[ChangedLines] = []

    class Watched(ChangedLines):
        def __init__(self, repository: Repository, span: ReviewRange, context: Context) -> None:
            super().__init__(repository, span, context)
            seen.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gitseal.audit.review.review.ChangedLines", Watched)
        found = review(Repository(top), span, None, FAST)
    return found, seen[0].told


def _build(folder: Path) -> None:
    top = folder / "team"
    top.mkdir()
    git(top, "init", "--quiet")
    world = start(top)
    world.set("production,development", A="hush-one-1", B="hush-two-2", api__TOKEN="hush-three-3")
    (top / "README").write_text("hello\n")
    manifest = top / ".secrets" / "manifest.yaml"
    manifest.write_bytes(made("manifest", Random(3)))
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=start")
