"""Notes about columns: each appears where it is true, and does not where it nearly is."""

from __future__ import annotations

import itertools
import math
import random
from datetime import date, timedelta

import pandas as pd
import polars as pl
import pytest
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.analysis.profile import evidence
from iris_dash.analysis.profile.notes import DATE, NUMBER, spelled_alike

EVEN = [n * 37 % 101 / 10 for n in range(100)]
"""A hundred different numbers without order, tails as long as each other."""

EXPONENTIAL = [-math.log(1 - (n * 37 % 101 + 0.5) / 101) for n in range(100)]
BENT = [x**1.3 for x in EVEN]
WORDS = [f"word {n * 37 % 101}" for n in range(100)]
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(100)]

CASES = [
    ("constant", [5] * 20, [5] * 19 + [6]),
    ("constant", ["a"] * 20, ["a"] * 10 + ["b"] * 10),
    ("constant", [5, None, 5], [5]),
    ("no value", [None] * 20, [None] * 19 + [1.5]),
    ("all different", WORDS, [*WORDS[:99], WORDS[0]]),
    ("mostly missing", [1.5] * 9 + [None] * 11, [1.5, 2.5] * 5 + [None] * 10),
    ("one value dominates", ["a"] * 90 + ["b"] * 10, ["a"] * 89 + ["b"] * 11),
    ("one value dominates", [0.5] * 96 + EVEN[:4], [0.5] * 80 + EVEN[:20]),
    ("one value dominates", [7] * 96 + [300 + n for n in range(4)], EVEN),
    ("skewed", EXPONENTIAL, BENT),
    ("skewed", [-x for x in EXPONENTIAL], EVEN),
    ("skewed", [0.0] * 60 + EVEN[:40], [0, 1, 0, 0, 1] * 20),
    ("outliers", [*EVEN, 1_000.0], [*EVEN, 20.0]),
    ("outliers", [*EVEN, -1_000.0], EXPONENTIAL),
    ("several spellings", ["NY", "LA", "ny "] * 10, ["NY", "LA", "N Y"] * 10),
    ("several spellings", [*WORDS, "WORD 37"], [*WORDS, "word 137"]),
    ("number as text", ["1,234.5", "-7", "12 %"] * 10, ["1,234.5", "-7", "n/a"] * 10),
    ("number as text", [f"{n * 37 % 101}.5" for n in range(100)], [f"0{n}" for n in range(100)]),
    ("date as text", [f"{n % 28 + 1}.3.2026" for n in range(100)], [f"{n}.3" for n in range(100)]),
    ("date as text", ["Mar 5, 2026", "Apr 12, 2026"] * 5, ["Mar 5", "Apr 12"] * 5),
    ("sorted", sorted(EVEN), EVEN),
    ("sorted", sorted(EVEN, reverse=True), sorted(EVEN[:9])),
    ("sorted", sorted(WORDS), WORDS),
    ("sorted", DAYS, DAYS[::-1][:50] + DAYS[:50]),
    ("sorted", [date(2026, 1, n) for n in range(10, 31)], [None, *DAYS]),
]


def notes_of_frame(frame):
    frame = Explorer.open(frame).columns()
    return frame["notes"].to_dict()


def table(values):
    # Numbers as text stay text: what a file's reader would read is not asked here.
    return pl.DataFrame({"x": values})


@pytest.mark.parametrize(("note", "there", "not_there"), CASES)
def test_a_note_is_true_or_absent(note, there, not_there):
    assert note in notes_of_frame(table(there))["x"]
    assert note not in notes_of_frame(table(not_there))["x"]


def test_an_identifier_is_called_so():
    notes = notes_of_frame(pl.DataFrame({"user_id": WORDS, "word": WORDS[::-1]}))
    assert notes == {"user_id": ["identifier"], "word": ["all different"]}


@pytest.mark.parametrize("library", ["polars", "pandas"])
@pytest.mark.parametrize("most", [0, 20_000])
def test_columns_that_hold_the_same(library, most, monkeypatch):
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", most)
    sizes = [None if n % 7 == 0 else n * 37 % 101 / 4 for n in range(100)]
    moved = [sizes[1], sizes[0], *sizes[2:]]
    kinds = ["abc"[n % 3] for n in range(100)]
    frame = pl.DataFrame(
        {"size": sizes, "kind": kinds, "again": sizes, "moved": moved, "sort": kinds, "1": WORDS}
        | {"2": WORDS}
    )
    notes = notes_of_frame(frame.to_pandas() if library == "pandas" else frame)
    alike = {name: [n for n in found if n.startswith("same")] for name, found in notes.items()}
    assert alike == {
        "size": [],
        "kind": [],
        "again": ["same as Size"],
        "moved": [],
        "sort": ["same as Kind"],
        "1": [],
        "2": ["same as 1"],
    }


def test_of_flowers_there_is_nothing_to_note():
    frame = Explorer.open(ROOT / "data" / "iris.csv").columns()
    assert frame["notes"].map(len).sum() == 0


def test_rows_drawn_evenly_or_normally_are_neither_skewed_nor_have_outliers():
    draw = random.Random(7)
    columns = {f"even {n}": [draw.random() for _ in range(100)] for n in range(20)}
    columns |= {f"normal {n}": [draw.gauss() for _ in range(100)] for n in range(20)}
    assert [*filter(None, notes_of_frame(pd.DataFrame(columns)).values())] == []


@pytest.mark.parametrize(
    ("text", "is_number", "is_date"),
    [
        ("1", True, False),
        ("-1,234,567.89", True, False),
        ("1 234", True, False),
        ("€ 12.50", True, False),
        ("12 %", True, False),
        ("1e-5", True, False),
        ("1,23,4", False, False),
        ("007", False, False),
        ("1-2", False, False),
        ("2026-02-14", False, True),
        ("2026-02-14T09:30:15Z", False, True),
        ("14/2/26", False, True),
        ("14. Feb 2026", False, True),
        ("February 14, 2026", False, True),
        ("192.168.1.1", False, False),
        ("", False, False),
    ],
)
def test_numbers_and_dates_as_people_write_them(text, is_number, is_date):
    assert bool(NUMBER.fullmatch(text)) == is_number
    assert bool(DATE.fullmatch(text)) == is_date


def test_spellings_differ_in_capitals_and_blanks_alone():
    assert spelled_alike(["Straße", "STRASSE", "x"]) == ("Straße", "STRASSE")
    assert spelled_alike(["a  b", "a b"]) == ("a  b", "a b")
    assert spelled_alike(["ab", "a b", "é", "e"]) == ()


def test_of_hundreds_of_like_columns_hardly_two_are_compared(monkeypatch):
    """A table of 642 of them took 38 s: each was compared with all before it."""
    asked = []
    plain = evidence._hold_the_same

    def counted(*given):
        asked.append(given)
        return plain(*given)

    monkeypatch.setattr(evidence, "_hold_the_same", counted)
    # Twenty rows, of which two are 1: each column has two others. The last one is the first again.
    marked = [*itertools.combinations(range(20), 2)][:60]
    columns = {str(i): [int(row in ones) for row in range(20)] for i, ones in enumerate(marked)}
    notes = notes_of_frame(pl.DataFrame(columns | {"again": columns["0"]}))
    assert "same as 0" in notes["again"]
    assert len(asked) == 1
