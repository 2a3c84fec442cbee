"""Random aggregates of a random table on a cluster, where each answer takes seconds."""

from __future__ import annotations

from random import Random

import polars as pl
from engine_answers import opened
from grouped_tables import ALL_KINDS, drawn_question, drawn_rows, frame_of, other_answers

from iris_dash.commands.load import load_table, target_of

ROWS = 60
QUESTIONS = 4


def answers_equal_plain_loops(place: str) -> None:
    """Assert that each answer at a cluster's folder is that of plain loops over the rows."""
    draw = Random(7)
    rows = drawn_rows(draw, ROWS)
    frame = frame_of(rows).with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64))
    url = f"{place}/drawn"
    assert load_table(frame, target_of(url))
    with opened(url, ALL_KINDS) as explorer:
        for _ in range(QUESTIONS):
            by, of = drawn_question(draw)
            assert other_answers(explorer, rows, by, of) == [], (by, of)
