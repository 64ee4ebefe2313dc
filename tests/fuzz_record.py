"""A plugin for `make fuzz`: a run that was stopped goes on where it was, test by test.

Hours at full scale are rarely had in one piece. Each test that passed is written down under a digest of all the code that it
could depend on, and is not run again until some of that changes; a test that failed always is.
"""

import hashlib
from pathlib import Path

import pytest

_TOP = Path(__file__).resolve().parent.parent
_PASSED = _TOP / ".fuzz" / "passed"


def _digest() -> str:
    code = hashlib.sha256()
    for path in sorted([*_TOP.glob("src/**/*.py"), *_TOP.glob("tests/**/*.py"), _TOP / "constraints.txt"]):
        code.update(path.relative_to(_TOP).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return code.hexdigest()[:16]


def _passed(digest: str) -> set[str]:
    if not _PASSED.exists():
        return set()
    lines = (line.partition(" ") for line in _PASSED.read_text(encoding="utf-8").splitlines())
    return {name for known, _, name in lines if known == digest}


class _Leaver:
    """Leaves out what passed before. Every process does, so that all of them collect the same tests."""

    def __init__(self, digest: str) -> None:
        self.passed = _passed(digest)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        done = [item for item in items if item.nodeid in self.passed]
        if done:
            config.hook.pytest_deselected(items=done)
            items[:] = [item for item in items if item.nodeid not in self.passed]


class _Recorder:
    """Writes down what passed. The first process alone does: it hears of every test."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            _PASSED.parent.mkdir(exist_ok=True)
            with _PASSED.open("a", encoding="utf-8") as file:
                file.write(f"{self.digest} {report.nodeid}\n")


def pytest_configure(config: pytest.Config) -> None:
    """Takes both up."""
    digest = _digest()
    config.pluginmanager.register(_Leaver(digest))
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(digest))
