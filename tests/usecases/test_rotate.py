"""Rotations against a plain model: what the file has, what waits in the journal, what the provider was told."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document.value import text
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.project.belief.trust import Trust
from gitseal.project.workspace import Workspace
from gitseal.sealing import provider, waiting
from gitseal.sealing.change import Change
from gitseal.sealing.provider import Answer
from gitseal.sealing.rotating import NewValue
from gitseal.usecases import rotate
from gitseal.usecases.rotate import Job
from tests.attacks.world import Clone, person, start
from tests.templates import Templates

PLACE = ("production",)
PATH = ("API",)
COMMAND_ENDS = {"told": 0, "told and refused": 1, "minted": 0, "minted and refused": 1}
STEPS = (
    *COMMAND_ENDS,
    "rotate",
    "keep",
    "told, keep",
    "finish",
    "resume",
    "resume with command",
    "abandon",
    "set",
    "merge",
    "resume over it",
    "rekey",
)


def build(top: Path) -> Clone:
    made = start(top, person("alice"))
    made.set("production", "API", "value 0")
    made.set("production", "OTHER", "other")
    made.commit()
    return made


class Model:
    """The same as plain values. `provider` has every value that a command was told or made, newest last."""

    def __init__(self) -> None:
        self.value = "value 0"
        self.previous: str | None = None
        self.waits: tuple[str, str] | None = None
        self.provider: list[str] = []

    def step(self, step: str, new: str) -> bool:
        """Does a step; gives False for one that is refused."""
        if step in COMMAND_ENDS or step in {"rotate", "keep", "told, keep"}:
            return self.rotate(step, new, keeps="keep" in step)
        if step.startswith("resume"):
            return self.resume(with_command="command" in step, replaces="over it" in step)
        done = True
        if step == "finish":
            done, self.previous = self.previous is not None, None
        elif step == "abandon":
            done, self.waits = self.waits is not None, None
        elif step == "set":
            done = self.waits is None
            self.value = new if done else self.value
        elif step == "merge":
            self.value = new
        return done

    def rotate(self, step: str, new: str, *, keeps: bool) -> bool:
        if self.waits or (keeps and self.previous):
            return False
        if step not in {"rotate", "keep"}:
            self.provider.append(new)
        if COMMAND_ENDS.get(step):
            self.waits = (self.value, new)
            return False
        self.put(new, keeps=keeps)
        return True

    def resume(self, *, with_command: bool, replaces: bool) -> bool:
        if self.waits is None or (self.value != self.waits[0] and not replaces):
            return False
        if with_command:
            self.provider.append(self.waits[1])
        self.put(self.waits[1], keeps=False)
        self.waits = None
        return True

    def put(self, new: str, *, keeps: bool) -> None:
        self.previous = self.value if keeps else self.previous
        self.value = new


class Real:
    """The same in a clone."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.provider: list[str] = []

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.clone.project, self.clone.keyring)

    def step(self, step: str, new: str) -> bool:
        try:
            self.do(step, new)
        except Error:
            return False
        return True

    def do(self, step: str, new: str) -> None:
        value = NewValue(given=SecretBytes(new.encode()))
        if step in {"rotate", "keep"}:
            rotate.rotate(self.workspace, PLACE, PATH, value, keeps_previous=step == "keep")
        elif step in COMMAND_ENDS or step in {"told, keep", "resume with command"}:
            is_minted = step.startswith("minted")
            job = Job(
                PLACE, PATH, None if is_minted else value, keeps_previous="keep" in step, is_resumed="resume" in step
            )
            for rotation in rotate.begin(self.workspace, job):
                provider.hand_over(
                    self.workspace, rotation, self.command(new, COMMAND_ENDS.get(step, 0), is_minted=is_minted)
                )
        elif step == "finish":
            rotate.finish(self.workspace, PLACE, PATH)
        elif step in {"resume", "resume over it"}:
            rotate.resume(self.workspace, PLACE, PATH, replaces="over it" in step)
        elif step == "abandon":
            rotate.abandon(self.clone.project, PLACE, PATH)
        elif step == "set":
            self.clone.set("production", "API", new)
        elif step == "merge":
            # What another clone wrote comes in past every refusal.
            file = Change(self.clone.project.read("production"), Trust(self.workspace))
            file.put(PATH, text(new))
            self.clone.path("production").write_bytes(file.result())
        elif step == "rekey":
            self.clone.rotate()

    def command(
        self, new: str, status: int, *, is_minted: bool
    ) -> Callable[[SecretBytes, Sequence[tuple[str, bytes]]], Answer]:
        def call(message: SecretBytes, _secrets: Sequence[tuple[str, bytes]]) -> Answer:
            read = json.loads(message.reveal())
            assert read["old"] == self.clone.get("production", "API")
            self.provider.append(new if is_minted else read["new"])
            return Answer(status, SecretBytes(f"{new}\n".encode() if is_minted else b""))

        return call

    def values(self) -> tuple[str, str | None]:
        previous = None
        with suppress(Error):
            previous = self.clone.get("production", "API_PREVIOUS")
        return self.clone.get("production", "API"), previous


@pytest.mark.fuzz
@pytest.mark.slow
@given(steps=st.lists(st.sampled_from(STEPS), max_size=10))
def test_whatever_is_done_the_file_the_journal_and_the_provider_are_the_models(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    top = tmp_path_factory.mktemp("rotate") / "alice"
    real, model = Real(Clone(top, templates.copy("rotate", top, build).owner)), Model()
    for number, step in enumerate(steps, 1):
        assert real.step(step, f"value {number}") == model.step(step, f"value {number}"), step
        assert real.values() == (model.value, model.previous), step
        assert bool(waiting.all_waiting(real.clone.project)) == (model.waits is not None), step
        assert real.provider == model.provider, step
        assert real.clone.get("production", "OTHER") == "other"
