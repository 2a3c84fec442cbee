"""How many rows lie at each stop of a time's slider: what a plain count of the values says."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest
from rolled_tables import per_row

from iris_dash import Explorer, open_dataset
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.scan import Scan
from iris_dash.analysis.time_bars import bar_ends, bar_width, bar_words
from iris_dash.commands.load import load_table, target_of
from iris_dash.query.schema import Time
from iris_dash.query.slider_stops import slider_stops

DAY = timedelta(days=1)
ODD = datetime(1969, 12, 31, 23, 59, 59, 999_999)

COLUMNS = {
    "days": (
        pl.Series([date(1969, 12, 31), None, date(1970, 1, 20), date(1970, 1, 20)]),
        [1, *[0] * 19, 2],
    ),
    "seconds": (pl.Series([ODD, None, ODD + timedelta(microseconds=1), ODD]), [2, 1]),
    "minutes": (pl.Series([ODD, None, ODD + timedelta(minutes=7), ODD]), [2, 0, 0, 0, 0, 0, 0, 1]),
    "weeks": (
        pl.Series([datetime(2012, 1, 1), None, datetime(2013, 12, 30), datetime(2012, 1, 2)]),
        [1, 1, *[0] * 103, 1],
    ),
    "decades": (
        pl.Series([date(1589, 1, 1), None, date(1999, 12, 31), date(1590, 1, 1)]),
        [1, 1, *[0] * 39, 1],
    ),
    "times of day": (
        pl.Series([time(22, 59), None, time(23, 59, 59), time(8)]),
        [1, *[0] * 13, 1, 1],
    ),
    "an hour twice": (
        # Half past one in summer, in winter, and half past two.
        pl.Series(
            [datetime(2013, 11, 3, 5, 30, tzinfo=UTC), None]
            + [datetime(2013, 11, 3, hour, 30, tzinfo=UTC) for hour in (6, 14)]
        ).dt.convert_time_zone("America/New_York"),
        [2, 0, 0, 0, 0, 0, 0, 0, 1],
    ),
}


COLOURS = ["red", "blue", "red", "red"]


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_rows_are_counted_per_stop(kind: str, library: str) -> None:
    column, wanted = COLUMNS[kind]
    frame = pl.DataFrame({"t": column, "colour": COLOURS})
    dataset = open_dataset(frame if library == "polars" else frame.to_pandas())
    (found,) = dataset.schema.times
    stops = slider_stops(found)
    assert stops is not None
    everything = Explorer(dataset).query()
    for answers in (Scan(dataset), build_rollup(dataset), per_row(dataset)):
        assert answers is not None
        assert answers.stop_counts(everything, stops, None).tolist() == [wanted]
        by = answers.stop_counts(everything, stops, dataset.schema.facet("colour"))
        assert by.sum() == 3
        assert by.shape == (2, len(wanted))


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_an_engine_counts_them_too(engine: str, tmp_path: Path) -> None:
    names = {kind: kind.replace(" ", "_") for kind in COLUMNS}
    frame = pl.DataFrame({names[kind]: column for kind, (column, _) in COLUMNS.items()})
    address = f"{engine}://{tmp_path}/times.{engine}/times"
    assert load_table(frame.with_columns(colour=pl.Series(COLOURS)), target_of(address))
    explorer = Explorer.open(address)
    with closing(explorer.dataset):
        times = explorer.schema.times_by_name
        for kind, (_, wanted) in COLUMNS.items():
            if names[kind] in times and times[names[kind]].named_zone is None:
                counts = explorer.stops_beside(explorer.query(), times[names[kind]])
                assert counts is not None, kind
                assert counts.sum(axis=0).tolist() == wanted, kind
        assert len(times) >= 5


@pytest.mark.parametrize(
    ("days", "width", "words", "last"),
    [(60, 1, "day", (59, 59)), (61, 7, "7 days", (56, 60)), (365, 7, "7 days", (364, 364))],
)
def test_bars_are_few_and_of_whole_stops(
    days: int, width: int, words: str, last: tuple[int, int]
) -> None:
    low = datetime(2013, 1, 1)
    stops = slider_stops(Time("t", "T", "t", low=low, high=low + (days - 1) * DAY, is_date=True))
    assert stops is not None
    assert (bar_width(stops), bar_words(stops), bar_ends(stops)[-1]) == (width, words, last)


def test_a_slider_stands_under_all_other_filters() -> None:
    days = [date(2013, 1, 1) + timedelta(days=n % 3) for n in range(12)]
    explorer = Explorer.open(pl.DataFrame({"day": days, "n": range(12), "c": list("abbb") * 3}))
    (found,) = explorer.schema.times
    query = explorer.query(lower={"day": "2013-01-03", "n": 4})
    counts = explorer.stops_beside(query, found)
    assert counts is not None
    # By hand: from 4 on 4 and 8 are an a; a day is what is left of a number by three.
    values = explorer.schema.facet("c").values
    assert dict(zip(values, counts.tolist(), strict=True)) == {"a": [0, 1, 1], "b": [2, 2, 2]}
    assert explorer.whole_stops["day"].tolist() == [4, 4, 4]
