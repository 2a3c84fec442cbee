"""A calendar of the rows: a statistic per cell of two parts of a time, as the strength of a hue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from iris_dash.analysis.asked_trend import Cell
from iris_dash.dashboard.charts.figures import Figure, base_axis, base_layout
from iris_dash.dashboard.charts.plotly_text import plain
from iris_dash.dashboard.theme import Theme
from iris_dash.query.counted import counted

FAINTEST, STRONGEST = 0.06, 0.95
GAP = 1
"""Pixels between two cells."""

LABELS_NARROW, LABELS = 6, 12
"""So many names stand along an axis."""


def cell_number(cell: Cell, is_count: bool) -> float | None:
    """Return what a cell shows: its rows, or the statistic of its values."""
    return cell.count if is_count else cell.value


def calendar_scale(cells: Mapping[tuple[Any, Any], Cell], is_count: bool) -> tuple[float, float]:
    """Return the numbers at which the hue begins and is strongest.

    At zero, but at the least where that is more than half of the greatest: else all were alike.
    Below zero the grey is as strong as far from it.
    """
    numbers = [n for cell in cells.values() if (n := cell_number(cell, is_count)) is not None]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if low > high / 2 > 0:
        return low, high
    return 0.0, max(high, -low)


def calendar_figure(
    cells: Mapping[tuple[Any, Any], Cell],
    up: Sequence[Any],
    across: Sequence[Any],
    opens: Mapping[str, Any],
    words: str,
    say: Callable[[float | None], str],
    rows: str,
    theme: Theme,
    narrow: bool = False,
) -> Figure:
    """Return a heat map: a row per name of `up`, the first on top, a column per name of `across`.

    A cell without rows stays empty. `opens`: what the page's script filters by at a click (`meta`);
    `words`: what a number is, nothing for the rows' count; `say`: returns it with its unit.
    """
    is_count = not words
    start, most = calendar_scale(cells, is_count)
    numbers, texts = [], []
    for one in up:
        line = [cells.get((one, other)) for other in across]
        numbers.append([None if c is None else cell_number(c, is_count) for c in line])
        texts.append(
            [
                cell and f"{cell_words(one, other)}<br>{_said(cell, words, say, rows)}"
                for cell, other in zip(line, across, strict=True)
            ]
        )
    below = [[n if n is not None and n < 0 else None for n in line] for line in numbers]
    above = [[n if n is not None and n >= 0 else None for n in line] for line in numbers]
    names = [[plain(_name(one)) for one in axis] for axis in (across, up)]
    traces = []
    for part, ink, ends in (
        (above, theme.magnitude, (start, most)),
        (below, theme.others, (-most, 0.0)),
    ):
        if any(n is not None for line in part for n in line):
            traces.append(
                {
                    "type": "heatmap",
                    "x": list(range(len(across))),
                    "y": list(range(len(up))),
                    "z": part,
                    "text": texts,
                    "zmin": ends[0],
                    "zmax": ends[1] if ends[1] > ends[0] else ends[0] + 1,
                    "colorscale": _scale(ink, is_reversed=part is below),
                    "showscale": False,
                    "hoverongaps": False,
                    "xgap": GAP,
                    "ygap": GAP,
                    "hovertemplate": "%{text}<extra></extra>",
                }
            )
    still = base_axis(theme) | {"fixedrange": True, "showgrid": False, "tickangle": 0}
    most_names = LABELS_NARROW if narrow else LABELS
    layout = base_layout(theme) | {
        "xaxis": still | _ticks(names[0], most_names),
        "yaxis": still | _ticks(names[1], LABELS) | {"autorange": "reversed"},
        "margin": {"l": 44, "r": 8, "t": 8, "b": 28},
        "dragmode": False,
        "hovermode": "closest",
        "meta": dict(opens),
        "uirevision": "calendar",
    }
    return {"data": traces, "layout": layout}


def cell_words(up: Any, across: Any) -> str:
    """Return what a cell is called.

    >>> cell_words("Mon", 8), cell_words("2013", "Feb")
    ('Mon 08:00', 'Feb 2013')
    """
    if isinstance(up, str) and up.lstrip("+-").isdigit():
        return f"{_name(across)} {up}"
    return f"{_name(up)} {_name(across)}"


def _name(value: Any) -> str:
    return f"{value:02}:00" if isinstance(value, int) else str(value)


def _said(cell: Cell, words: str, say: Callable[[float | None], str], rows: str) -> str:
    count = f"{counted(cell.count, plain(rows))}"
    if not words:
        return count
    return f"{plain(f'{words} {say(cell.value)}')}<br>{count}"


def _ticks(names: Sequence[str], most: int) -> dict[str, Any]:
    step = -(-len(names) // most) if names else 1
    places = list(range(0, len(names), step))
    return {"tickvals": places, "ticktext": [names[place] for place in places]}


def _scale(ink: str, *, is_reversed: bool) -> list[list[Any]]:
    red, green, blue = (int(ink[i : i + 2], 16) for i in (1, 3, 5))
    ends = (STRONGEST, FAINTEST) if is_reversed else (FAINTEST, STRONGEST)
    return [[at, f"rgba({red},{green},{blue},{ends[at]})"] for at in (0, 1)]
