"""The comparison as a picture: for each work a line, on it a mark and a name for each tool, on a logarithmic scale of seconds.

SVG of our own, with no library. It has a light and a dark face, and says in words all that it shows, for whoever cannot
see it.
"""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from bench.comparison.measuring import Line
from bench.timing import human

TARGET = Path("docs/pictures/comparison.svg")
OURS = "gitseal"
WIDTH, LEFT, RIGHT, TOP = 1000, 335, 30, 60
LANE, GAP = 16, 26
"""Heights: of one line of names above the marks, and between a work's marks and the next work."""

LETTER = 6.6
"""The width of a letter of the names, about; what it is too wide for goes a lane higher."""

SECONDS = (0.003, 30.0)
TICKS = (0.01, 0.1, 1.0, 10.0)

STYLE = """\
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .work { font-weight: 600 }
  .axis, .tool { fill: #59636e }
  .ours { fill: #0550ae; font-weight: 700 }
  line { stroke: #d1d9e0; stroke-width: 1 }
  circle { fill: #6e7781 }
  circle.ours { fill: #0969da }
  .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .axis, .tool { fill: #9198a1 }
    .ours { fill: #79c0ff }
    line { stroke: #3d444d }
    circle { fill: #9198a1 }
    circle.ours { fill: #58a6ff }
    .ground { fill: #0d1117 }
  }
"""


def picture(lines: Sequence[Line]) -> str:
    """The whole SVG."""
    timed = [line for line in lines if any(cell.seconds for cell in line.cells.values())]
    parts, y = [], TOP
    for line in timed:
        body, y = _row(line, y)
        parts.append(body)
    axis = "".join(_tick(seconds, y) for seconds in TICKS)
    height = y + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title words">\n'
        '<title id="title">gitseal and its neighbours on the same work</title>\n'
        f'<desc id="words">{escape(told(timed))}</desc>\n'
        f"<style>\n{STYLE}</style>\n"
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>\n'
        '<text class="axis" x="20" y="24">Seconds of one command, logarithmic: further left is faster.</text>\n'
        f"{axis}{''.join(parts)}</svg>\n"
    )


def told(lines: Sequence[Line]) -> str:
    """What the picture shows, in words, the fastest tool of each work first."""
    sentences = []
    for line in lines:
        times = sorted((cell.median, name) for name, cell in line.cells.items() if cell.seconds)
        listed = ", ".join(f"{name} {human(median)}" for median, name in times)
        sentences.append(f"{line.title[0].upper()}{line.title[1:]}: {listed}.")
    return " ".join(sentences)


def _row(line: Line, top: int) -> tuple[str, int]:
    """A work: its names in lanes above its marks, and where the next one begins."""
    times = sorted((cell.median, name) for name, cell in line.cells.items() if cell.seconds)
    ends: list[float] = []
    placed = []
    for median, name in times:
        x, half = _x(median), len(name) * LETTER / 2
        lane = next((n for n, end in enumerate(ends) if x - half > end + LETTER), len(ends))
        ends[lane : lane + 1] = [x + half]
        placed.append((x, lane, name, median))
    y = top + LANE * len(ends)
    marks = "".join(_mark(x, y, lane, name, median) for x, lane, name, median in placed)
    title = f'<text class="work" x="20" y="{y + 4}">{escape(line.title)}</text>\n'
    return f'{title}<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>\n{marks}', y + GAP


def _mark(x: float, y: int, lane: int, name: str, median: float) -> str:
    kind = "ours" if name == OURS else "tool"
    label = f'<text class="{kind}" text-anchor="middle" x="{x:.1f}" y="{y - 9 - LANE * lane}">{escape(name)}</text>\n'
    size = 6 if name == OURS else 4
    told_on_it = f"<title>{escape(name)}: {human(median)}</title>"
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="{size}">{told_on_it}</circle>\n{label}'


def _tick(seconds: float, bottom: int) -> str:
    x = _x(seconds)
    words = f'<text class="axis" text-anchor="middle" x="{x:.1f}" y="44">{human(seconds).replace(".00", "")}</text>\n'
    return f'<line x1="{x:.1f}" y1="50" x2="{x:.1f}" y2="{bottom - GAP + 8}"/>\n{words}'


def _x(seconds: float) -> float:
    least, most = (math.log(end) for end in SECONDS)
    share = (math.log(seconds) - least) / (most - least)
    return LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT)
