"""The comparison of `make bench`: its columns are tools that `make peers` installs, and its plot says in words what it shows."""

import itertools
import os
import re
import select
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.comparison import ground, kept, measuring, plot, table
from bench.comparison.measuring import Cell, Line
from bench.comparison.tool import Tool
from bench.comparison.tools import TOOLS
from bench.comparison.trial import Done, Trial, Untrue, did, launch, run
from bench.comparison.words import WHY
from bench.world import World
from tests.conftest import TOP

PEERS = (TOP / "tools/peers").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^(\w+)=v?([\d.]+)$", PEERS, re.MULTILINE))
SVG = "{http://www.w3.org/2000/svg}"


def line(**seconds: float) -> Line:
    timed = {name: Cell((took,), 20_000_000, "") for name, took in seconds.items()}
    cells = {tool.name: timed.get(tool.name, Cell((), 0, "none")) for tool in TOOLS}
    return Line("open & close", cells, "2026-11-27", 0.5)


@pytest.mark.parametrize("tool", TOOLS[1:], ids=lambda tool: tool.name)
def test_make_peers_installs_every_column(tool: Tool) -> None:
    assert re.search(rf"^ *peer {tool.program} |/{tool.program}\"$", PEERS, re.MULTILINE)
    assert not tool.pin or tool.pin in PINS


def test_the_page_has_the_versions_that_make_peers_installs() -> None:
    page = (TOP / table.TARGET).read_text(encoding="utf-8").partition(table.HEADING)[2]
    told = dict(re.findall(r"^\| ([\w-]+) \| ([\d.]+) \|$", page, re.MULTILINE))
    pinned = {tool.name: PINS[tool.pin] for tool in TOOLS if tool.pin and tool.name in told}
    assert {name: told[name] for name in pinned} == pinned


def test_a_cell_has_the_median_the_ratio_and_the_memory() -> None:
    one = line(gitseal=0.05, sops=0.1)
    assert table.cell(one, "gitseal") == "**50 ms**, 20 MB"
    assert table.cell(one, "sops") == "100 ms, 2x, 20 MB"
    assert table.cell(one, "age") == "none"


def test_a_row_of_numbers_shows_the_smallest_and_says_why_it_is_smaller() -> None:
    title = "bytes of the file, 100 names"
    words = {"gitseal": "26,923", "age": "5,879", "git-crypt": "not found", "sops": "27,000"}
    cells = {tool.name: Cell((), 0, words.get(tool.name, "none")) for tool in TOOLS}
    one = Line(title, cells, "2026-11-27", 0.5)
    assert [table.cell(one, name) for name in words] == ["26,923", "**5,879**", "not found", "27,000"]
    section = " ".join(table.section(kept.Kept("make bench", {}, {title: one})).split())
    assert f"* {title}: age. {WHY[title]}" in section


def test_every_row_has_the_words_for_being_behind() -> None:
    # One edit changes one line of ours.
    assert set(measuring.titles()) - set(WHY) == {"lines that one edit changes"}


def test_the_plot_says_in_words_what_it_shows() -> None:
    drawn = ET.fromstring(plot.picture([line(gitseal=0.05, sops=0.1)]))  # noqa: S314 - our own
    words = drawn.findtext(f"{SVG}desc")
    assert words == "Open & close: gitseal 50 ms, sops 100 ms."
    assert drawn.get("aria-labelledby") == "title words"
    assert {mark.findtext(f"{SVG}title") for mark in drawn.iter(f"{SVG}circle")} == {"gitseal: 50 ms", "sops: 100 ms"}


def test_the_plot_has_a_dark_face() -> None:
    light, dark, _ = re.split(r"@media \(prefers-color-scheme: dark\) \{|  \}\n\}?$", plot.STYLE)
    coloured = re.findall(r"^ +(\S.*?) \{ (?:.*; )?(?:fill|stroke): #", light, re.MULTILINE)
    assert coloured
    for selector in coloured:
        for name in selector.split(", "):
            assert re.search(rf"^ .*{re.escape(name)}\b.* \{{", dark, re.MULTILINE), name


def test_names_on_the_plot_do_not_overlap() -> None:
    drawn = ET.fromstring(  # noqa: S314 - our own
        plot.picture([line(gitseal=0.05, sops=0.05, age=0.051, ejson=0.06, dotenvx=0.4)])
    )
    labels = [text for text in drawn.iter(f"{SVG}text") if text.get("class") in {"ours", "tool"}]
    assert len(labels) == len(("gitseal", "sops", "age", "ejson", "dotenvx"))
    ends: dict[str, list[tuple[float, float]]] = {}
    for label in labels:
        middle, half = float(label.get("x", "")), len(label.text or "") * plot.LETTER / 2
        ends.setdefault(label.get("y", ""), []).append((middle - half, middle + half))
    for spans in ends.values():
        spans.sort()
        assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))


def test_the_page_shows_the_plot_of_its_table() -> None:
    page = (TOP / table.TARGET).read_text(encoding="utf-8").partition(table.HEADING)[2]
    picture = TOP / plot.TARGET
    if not page:
        pytest.skip("the page has no comparison yet")
    titles = re.findall(r"^\| ([^|]+) \|.*\d m?s,", page, re.MULTILINE)
    words = ET.parse(picture).findtext(f"{SVG}desc") or ""  # noqa: S314 - our own
    assert titles
    assert all(f"{title[0].upper()}{title[1:]}: " in words for title in titles)


def test_a_tool_that_is_absent_is_a_cell_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = TOOLS[1]._replace(program="no-such-program")
    monkeypatch.setattr(measuring, "TOOLS", (absent,))
    one = measuring.line(World(tmp_path), "open one of 100 names", 1)
    assert one.cells == {absent.name: Cell((), 0, "not found")}


def test_a_tool_that_fails_costs_its_own_cell_in_whatever_way_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ground.store_of(TOOLS[1])

    def broken(_world: World, _top: Path) -> None:
        raise KeyError("what its output did not have")

    broken_tool = TOOLS[1]._replace(name="broken", program="sh", store=store._replace(init=broken))
    monkeypatch.setattr(measuring, "TOOLS", (broken_tool, TOOLS[-1]._replace(program="sh")))
    one = measuring.line(World(tmp_path), "open one of 100 names", 1)
    assert [cell.words for cell in one.cells.values()] == [measuring.FAILED, "keeps no values"]
    assert "did not have" in capsys.readouterr().err


def test_what_failed_is_not_tried_again() -> None:
    tries = []

    @ground.once
    def make(number: int) -> None:
        tries.append(number)
        raise Untrue("of no use")

    for _ in range(2):
        with pytest.raises(Untrue):
            make(1)
    assert tries == [1]


def test_an_interrupted_run_goes_on_and_a_finished_one_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert kept.read() is None
    first, *others = measuring.titles()
    rows = kept.add(kept.begin("make bench", {"sops": "1"}), line(gitseal=0.05)._replace(title=first))
    assert kept.read() == rows
    assert kept.begin("make bench", {"sops": "1"}).missing == others
    assert kept.begin("make bench", {"sops": "2"}).missing == measuring.titles()
    for title in reversed(others):
        rows = kept.add(rows, line(gitseal=0.05)._replace(title=title))
    assert list(rows.lines) == measuring.titles()
    assert kept.begin("make bench", {"sops": "1"}).missing == measuring.titles()


def test_the_page_says_which_rows_are_missing() -> None:
    first, *others = measuring.titles()
    rows = kept.Kept("make bench", {"sops": "1.2"}, {first: line(gitseal=0.05)._replace(title=first)})
    text = " ".join(table.section(rows).split())
    assert f"Not measured yet: {'; '.join(others)}." in text
    assert "on 2026-11-27" in text
    assert "| sops | 1.2 |" in table.section(rows)


def test_a_run_has_its_own_time_memory_and_status(tmp_path: Path) -> None:
    # Whoever starts it has more memory than this, which is not the command's.
    done = launch(["sh", "-c", "echo out; echo err >&2; exit 3"], tmp_path, dict(os.environ), tmp_path, 60)
    assert (done.status, done.out, done.err) == (3, b"out\n", b"err\n")
    assert 0 < done.memory < 20_000_000
    assert done.seconds > 0


def test_a_run_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "held")
    # It ends for whoever reads when the last process that holds it for writing has ended.
    held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(subprocess.TimeoutExpired):
        launch(["sh", "-c", "exec 9>held; echo >&9; sleep 600 & wait"], tmp_path, dict(os.environ), tmp_path, 0.9)
    os.set_blocking(held, True)
    ready = os.read(held, 1)
    assert ready == b"\n"
    assert select.select([held], [], [], 60)[0]
    assert os.read(held, 1) == b""
    os.close(held)


def test_work_that_was_not_done_is_no_figure(tmp_path: Path) -> None:
    def check(done: Done) -> str:
        did(done)
        return ""

    with pytest.raises(Untrue, match="status 1"):
        run(Trial(["false"], tmp_path, {}, check), World(tmp_path))
