"""The same questions to every engine, and the same answers: those of plain loops over the rows.

A test module takes all of this and has a fixture `explorer` of its own, once per engine.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import narwhals as nw
import numpy as np
import polars as pl
import pytest
import reference
from group_reference import T_975, gathered, statistics, unlike
from live_indexes import live_index

from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.analysis.aggregate.asking import make_aggregation
from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.live_axes import bars_axis, bins_axis, live_axis, units_axis
from iris_dash.analysis.live_counts import LiveCounts
from iris_dash.analysis.live_index import LiveIndex, LiveParts, TrendAxes
from iris_dash.analysis.live_plane import PlaneAxes, bin_cells
from iris_dash.analysis.live_rows import Kept
from iris_dash.analysis.quartiles import spreads
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.scan import Scan
from iris_dash.analysis.trend_units import places_between
from iris_dash.commands.load import load_table, target_of
from iris_dash.commands.stored import as_stored
from iris_dash.engines import write_table
from iris_dash.engines.base import Engine
from iris_dash.query.query import Query
from iris_dash.query.slider_stops import slider_stops
from iris_dash.query.values_question import values_question
from iris_dash.tables.description import TableDescription
from iris_dash.tables.engine_dataset import EngineDataset
from iris_dash.tables.opening import engine_dataset
from iris_dash.tables.values import plain_rows

COLOURS = ["red", "blue's", 'g"reen', "größe %", None]
SIZES = [-1.5, 0.3, 0.30000000000000004, 0.1 + 0.2, 1.25, 2.0, 7.7, None, math.inf, -math.inf]
TOTAL = 330


def generated(number: int) -> dict[str, Any]:
    """One row: facets, measures on and off their grids, missing and infinite values, free text."""
    return {
        "colour": COLOURS[(number * 7 + number // 11) % 5],
        "tame": (True, False, None)[(number // 3) % 3],
        "size": SIZES[(number * 3 + number // 13) % 10],
        "count": None if number % 17 == 0 else number % 40 - 7,
        "name": None if number % 29 == 0 else f"name {number * 37 % TOTAL:03}",
        "day": date(2026, 1, 1) + timedelta(days=number * 11 % 90),
    }


ROWS = [generated(number) for number in range(TOTAL)]
SAID = TableDescription(
    facets=("colour", "tame"), columns={"size": {"step": 0.1}, "count": {"unit": "pieces"}}
)
NAMES = list(ROWS[0])
MEASURES = ["size", "count"]

QUESTIONS: dict[str, dict[str, Any]] = {
    "everything": {},
    "one value": {"colour": "red"},
    "odd values": {"colour": ["blue's", 'g"reen', "größe %"], "tame": False},
    "missing values": {"colour": None, "tame": [None, True]},
    "missing colour": {"colour": [None]},
    "nothing chosen": {"colour": []},
    "nothing left": {"lower": {"size": 3.0}, "upper": {"size": 4.0}},
    "bounds on the grid": {"lower": {"size": 0.3}, "upper": {"size": 2.0}},
    "bounds between": {"lower": {"size": 0.25, "count": -3}, "upper": {"size": 1.95}},
    "lower alone": {"lower": {"count": 20}},
    "sorted by a facet": {"sort": "-colour,size"},
    "sorted by numbers": {"sort": "size,-count", "tame": True},
    "sorted by text": {"sort": "-name", "upper": {"size": 2.0}},
    "by another facet": {"by": "tame", "colour": ["red", None]},
    "text that contains": {"where": {"name": {"has": ["AME 1", "5"]}}},
    "text that begins": {"where": {"name": {"starts": "Name 0", "not": ["name 037"]}}},
    "some text or none": {"where": {"name": ["name 111", None, "no such name", "NAME 000"]}},
    "any text but some": {"where": {"name": {"not": ["name 037", "name 074"]}}, "colour": "red"},
    "a month": {"where": {"day": "2026-02"}, "colour": ["red", None]},
    "from a day on": {"lower": {"day": "2026-03-11"}},
    "days": {"where": {"day": {"from": "2026-01-30", "to": "2026-02-03"}}, "sort": "-day,name"},
    "two intervals": {"where": {"count": [{"to": -20}, {"from": 5, "to": 12}]}, "colour": "red"},
    "bounds or missing": {"where": {"size": [{"from": 0.3, "to": 1.1}, None]}, "sort": "-size"},
    "missing alone": {"where": {"size": [None]}},
    "any number there is": {"where": {"size": {"present": True}, "count": {"present": True}}},
    "no number": {"where": {"size": []}},
    "two periods": {
        "where": {"day": ["2026-02", {"from": "2026-03-11", "to": "2026-03-20"}, None]}
    },
    "weekends": {"where": {"day:weekday": ["Sat", "Sun"]}, "sort": "-day,name"},
    "a month but some weekdays": {
        "where": {"day:month_of_year": "Feb", "day:weekday": {"not": ["Mon", "Tue"]}}
    },
    "a quarter and a weekday": {"where": {"day:quarter_of_year": "Q1", "day:weekday": "Wed"}},
    "a search": {"search": "E 1", "upper": {"count": 20}},
    "a search of odd text": {"search": "%", "sort": "-name"},
    "text there is": {"where": {"name": {"present": True}}, "tame": None, "sort": "name"},
}

ALL_DAYS = date.min, date.max
DAYS = {
    "{'day': '2026-02'}": [(date(2026, 2, 1), date(2026, 2, 28))],
    "{'day': '2026-03-11'}": [(date(2026, 3, 11), date.max)],
    "{'day': {'from': '2026-01-30', 'to': '2026-02-03'}}": [(date(2026, 1, 30), date(2026, 2, 3))],
    "{'day': ['2026-02', {'from': '2026-03-11', 'to': '2026-03-20'}, None]}": [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 11), date(2026, 3, 20)),
    ],
}
"""The days that a question's condition names, from and to, both inclusive, by how it is written."""


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    schema = {"colour": pl.String, "tame": pl.Boolean, "size": pl.Float64, "count": pl.Int64}
    frame = pl.DataFrame(ROWS, schema=schema | {"name": pl.String, "day": pl.Date})
    return frame.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64))


@contextmanager
def explorer_at(place: str, frame: pl.DataFrame) -> Iterator[Explorer]:
    """The rows as the table `things` at a folder's, server's or cluster's address."""
    url = f"{place}/things"
    assert load_table(frame, target_of(url))
    with opened(url, SAID) as explorer:
        yield explorer


@contextmanager
def opened(url: str, said: TableDescription | None = None) -> Iterator[Explorer]:
    """Explore a table on an engine; it is closed before its cluster ends."""
    dataset = open_dataset(url, said)
    assert isinstance(dataset, EngineDataset)
    with closing(dataset.engine):
        yield Explorer(dataset)


@pytest.fixture(scope="module", autouse=True)
def no_short_cut() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        yield


def texts_of(row: dict[str, Any]) -> list[str]:
    """What is read of a row by a search, in small letters; an empty text is in any."""
    return [str(row[name]).lower() for name in ("colour", "tame", "name") if row[name] is not None]


def in_parts(day: date, where: dict[str, Any]) -> bool:
    """Whether a day is what `where` says of its weekday and its month."""
    weekdays = where.get("day:weekday", {"not": []})
    name = day.strftime("%a")
    among = name not in weekdays["not"] if isinstance(weekdays, dict) else name in weekdays
    month, quarter = where.get("day:month_of_year"), where.get("day:quarter_of_year")
    return (
        among
        and month in (None, day.strftime("%b"))
        and quarter in (None, f"Q{(day.month + 2) // 3}")
    )


def within(value: float | None, said: Any) -> bool:
    """Whether a number is what `where` says of its column."""
    if value is None:
        return said != {"present": True} and None in said
    return said == {"present": True} or any(
        span.get("from", value) <= value <= span.get("to", value) for span in said if span
    )


def expected(explorer: Explorer, question: dict[str, Any]) -> list[dict[str, Any]]:
    chosen = {
        name: [question[name]] if not isinstance(question[name], list) else question[name]
        for name in ("colour", "tame")
        if question.get(name) is not None
    }
    bounds = [question.get(side, {}) for side in ("lower", "upper")]
    bounds = [{k: v for k, v in side.items() if k in MEASURES} for side in bounds]
    rows = reference.select(ROWS, chosen, *bounds)
    asked = {k: v for k, v in question.get("where", {}).items() if k in MEASURES}
    rows = [row for row in rows if all(within(row[k], said) for k, said in asked.items())]
    said = question.get("where", {}).get("name", {})
    periods = DAYS.get(str(question.get("where") or question.get("lower")), [ALL_DAYS])
    rows = [row for row in rows if any(low <= row["day"] <= high for low, high in periods)]
    small = question.get("search", "").lower()
    rows = [row for row in rows if any(small in text for text in texts_of(row))]
    rows = [row for row in rows if in_parts(row["day"], question.get("where", {}))]
    rows = [row for row in rows if reference.matches(row["name"], said)]
    sort = [
        (name.removeprefix("-"), name.startswith("-"))
        for name in question.get("sort", "").split(",")
        if name
    ]
    orders = {facet.name: list(facet.values) for facet in explorer.schema.facets}
    return reference.in_order(rows, sort, orders)


each_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


def test_schema(explorer):
    colour, tame = explorer.schema.facets
    assert colour.values == ("blue's", 'g"reen', "größe %", "red", None)
    assert tame.values == (False, True, None)
    size, count = explorer.schema.measures
    assert (size.low, size.high, size.step) == (-1.5, 7.7, 0.1)
    assert (count.low, count.high, count.step, count.decimals) == (-7.0, 32.0, 1.0, 0)
    assert [column.name for column in explorer.schema.columns] == NAMES
    assert len(explorer.dataset) == TOTAL


def page_of(explorer: Explorer, query: Query) -> list[dict[str, Any]]:
    rows = plain_rows(explorer.dataset.page(query))
    return [dict(zip(NAMES, row, strict=False)) for row in rows]


@each_question
def test_rows_in_order_pages_and_count(explorer, question):
    wanted = expected(explorer, question)
    query = explorer.query(**question)
    assert explorer.count(query) == len(wanted)
    assert page_of(explorer, query.on_page(1, 1_000)) == wanted
    assert page_of(explorer, query.on_page(2, 13)) == wanted[13:26]
    assert page_of(explorer, query.on_page(1_000_000, 13)) == []


@each_question
def test_exported_rows(explorer, question):
    wanted = expected(explorer, question)
    text = b"".join(explorer.csv(explorer.query(**question))).decode()
    lines = list(csv.DictReader(io.StringIO(text)))
    assert text.startswith(",".join(NAMES))
    assert [line["name"] or None for line in lines] == [row["name"] for row in wanted]
    for line, row in zip(lines, wanted, strict=True):
        assert line["colour"] == (row["colour"] or "")
        assert line["day"] == row["day"].isoformat()
        assert (float(line["size"]) if line["size"] else None) == row["size"]
        assert line["tame"] == {True: "true", False: "false", None: ""}[row["tame"]]


@each_question
def test_means(explorer, question):
    wanted = expected(explorer, question)
    by = question.get("by", "colour")
    values = list(explorer.schema.facet(by).values)
    means = explorer.group_means(explorer.query(**question))
    ours = [(mean.group, mean.n) for mean in means]
    theirs = reference.means(wanted, by, values, MEASURES)
    assert ours == [(group, n) for group, n, _ in theirs]
    for mean, (_, _, found) in zip(means, theirs, strict=True):
        found = [None if number is None or math.isnan(number) else number for number in found]
        assert mean.means == pytest.approx(tuple(found), nan_ok=True)


@each_question
def test_facet_counts_are_those_under_the_other_filters(explorer, question):
    query = explorer.query(**question)
    counts = explorer.aggregates(query).count_facets(query)
    for facet in explorer.schema.facets:
        others = {k: v for k, v in question.items() if k not in (facet.name, "sort")}
        rows = expected(explorer, others)
        for value in facet.values:
            n = sum(row[facet.name] is value or row[facet.name] == value for row in rows)
            assert counts[facet.name][value] == n


@pytest.mark.parametrize("asked", ["one value", "text that contains", "from a day on"])
def test_values_of_a_column_under_the_other_filters(explorer, asked):
    query = explorer.query(**(question := QUESTIONS[asked]))
    for column, search in (("name", ""), ("name", "AME 1"), ("day", ""), ("colour", "e")):
        others = {k: v for k, v in question.items() if k not in (column, "sort")}
        if column in question.get("where", {}):
            others["where"] = {k: v for k, v in question["where"].items() if k != column}
        if "day" in question.get("lower", {}) and column == "day":
            others.pop("lower")
        found = [row[column] for row in expected(explorer, others)]
        if search:
            found = [value for value in found if search.lower() in (value or "").lower()]
        order = explorer.schema.facet(column).values if column == "colour" else ()
        known = order or sorted({value for value in found if value is not None})
        counts = [(value, found.count(value)) for value in dict.fromkeys((*known, None))]
        wanted = sorted((one for one in counts if one[1]), key=lambda one: -one[1])
        asked = values_question(explorer.schema, query.on_page(2, 2), column, search)
        page = explorer.value_page(asked)
        given = [
            (str(one.value)[:10] if column == "day" else one.value, one.count)
            for one in page.values
        ]
        assert given == [(str(v) if column == "day" else v, n) for v, n in wanted[2:4]]
        assert page.total == len(wanted)


@each_question
def test_summary_with_quartiles(explorer, question):
    wanted = expected(explorer, question)
    by = question.get("by", "colour")
    summary = explorer.summary(explorer.query(**question))
    assert len(summary) == len({row[by] for row in wanted}) * len(MEASURES)
    for line in summary.to_dict("records"):
        group = None if reference.is_gap(line[by]) else line[by]
        own = [row[line["measure"]] for row in wanted if row[by] == group]
        known = np.array([value for value in own if value is not None], dtype=float)
        assert line["n"] == len(known)
        assert line["missing"] == len(own) - len(known)
        with np.errstate(invalid="ignore"):
            five = reference.five_numbers(known)
            std = known.std(ddof=1) if len(known) > 1 else math.nan
        got = [line[name] for name in ("min", "q1", "median", "q3", "max")]
        finite = [value if np.isfinite(value) else math.nan for value in five]
        assert got == pytest.approx(finite, nan_ok=True)
        std = std if np.isfinite(std) else math.nan
        assert line["std"] == pytest.approx(std, nan_ok=True)


@each_question
def test_what_a_query_leaves_out(explorer, question):
    selected = {id(row) for row in expected(explorer, question)}
    left = [row for row in ROWS if id(row) not in selected]
    for one in explorer.comparison(explorer.query(**question)):
        values = [row[one.measure] for row in left]
        known = np.array([value for value in values if value is not None], dtype=float)
        assert (one.rest.n, one.rest.missing) == (len(known), len(values) - len(known))
        with np.errstate(invalid="ignore"):
            five = reference.five_numbers(known)
            moments = [known.mean(), known.std(ddof=1)] if len(known) > 1 else [math.nan] * 2
        rest = one.rest
        for found, wanted in zip(
            (rest.mean, rest.std, rest.min, rest.q1, rest.median, rest.q3, rest.max),
            (*moments, *five),
            strict=True,
        ):
            assert found == (pytest.approx(wanted) if np.isfinite(wanted) else None)


@each_question
def test_histograms_and_density(explorer, question):
    wanted = expected(explorer, question)
    query = explorer.query(**question)
    by = explorer.group_facet(query)
    histograms = explorer.histograms(query)
    for name, histogram in histograms.items():
        edges = histogram.edges
        for place, value in enumerate(by.values):
            numbers = [r[name] for r in wanted if r[by.name] == value and r[name] is not None]
            inside = [x for x in numbers if edges[0] <= x <= edges[-1]]
            assert histogram.counts[place].tolist() == np.histogram(inside, edges)[0].tolist()
    density = explorer.aggregates(query).density(query, ("size", "count"), by)
    for place, value in enumerate(by.values):
        pairs = [
            (row["count"], row["size"])
            for row in wanted
            if row[by.name] == value
            and row["count"] is not None
            and row["size"] is not None
            and math.isfinite(row["size"])
        ]
        ups, acrosses = zip(*pairs, strict=True) if pairs else ((), ())
        counted = np.histogram2d(ups, acrosses, [density.y_edges, density.x_edges])[0]
        assert density.counts[place].tolist() == counted.tolist()


@pytest.mark.parametrize("question", ["everything", "bounds on the grid", "by another facet"])
def test_correlations(explorer, question):
    wanted = expected(explorer, QUESTIONS[question])
    query = explorer.query(**QUESTIONS[question])
    pairs = [(row["size"], row["count"]) for row in wanted]
    sizes, counts = ([v for v in of if v is not None] for of in zip(*pairs, strict=True))
    both = np.array([pair for pair in pairs if None not in pair], dtype=float)
    (found,) = explorer.correlations(query, grouped=False)
    assert found.n == ((len(sizes), len(both)), (len(both), len(counts)))
    if np.isfinite(both).all():
        assert found.r[1][0] == pytest.approx(np.corrcoef(both.T)[1, 0])
    else:
        assert found.r[1][0] is None


@pytest.fixture(scope="module")
def rolled_up(explorer: Explorer) -> Rollup:
    """The table at slider resolution, although it is too short for that to pay."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iris_dash.analysis.rolling_up.LEAST_GAIN", 1)
        rollup = build_rollup(explorer.dataset)
    assert rollup is not None
    assert rollup.n is not None
    return rollup


@pytest.fixture(scope="module")
def scanned(frame: pl.DataFrame) -> Explorer:
    """The same rows in memory; what is read from them is held against plain loops above."""
    return Explorer.open(frame.drop("_row"), SAID)


@each_question
def test_a_rollup_made_by_the_engine(explorer, rolled_up, scanned, question):
    query = explorer.query(**question)
    if not rolled_up.answers(query):
        return
    wanted = expected(explorer, question)
    by = explorer.group_facet(query)
    scan = Scan(scanned.dataset)
    rolled_up = replace(rolled_up, scan=scan)  # what the rows answer is asked above
    assert rolled_up.count(query) == len(wanted)
    assert rolled_up.count_facets(query) == scan.count_facets(query)
    for ours, theirs in zip(spreads(rolled_up, query, by), spreads(scan, query, by), strict=True):
        assert (ours.group, ours.n) == (theirs.group, theirs.n)
        for one, other in zip(ours.measures, theirs.measures, strict=True):
            assert asdict(one) == pytest.approx(asdict(other), nan_ok=True)
    for name, histogram in rolled_up.histograms(query, by).items():
        assert np.array_equal(histogram.counts, scan.histograms(query, by)[name].counts)


LIVE = [("size", "odd values"), ("count", "bounds between"), ("day", "bounds or missing")]
"""Sliders, and what is asked while they are near."""


@pytest.mark.parametrize(("name", "question"), LIVE, ids=[name for name, _ in LIVE])
def test_a_live_index_counted_by_the_engine(explorer, scanned, question, name):
    query = explorer.query(**QUESTIONS[question])
    (day,) = explorer.schema.times
    has_days = slider_stops(day) is not None
    if name == "day" and not has_days:
        pytest.skip("days have no slider there")
    ours, theirs = (live_index_of(own, query, name, has_days) for own in (explorer, scanned))
    assert np.array_equal(ours.groups, theirs.groups)
    for part in ("histograms", "facets", "without"):
        counts, wanted = getattr(ours, part), getattr(theirs, part)
        assert list(counts) == list(wanted)
        assert all(np.array_equal(counts[one], wanted[one]) for one in wanted)
    assert list(ours.sums) == list(theirs.sums)
    for one, sums in theirs.sums.items():
        found = ours.sums[one]
        assert np.array_equal(found.n, sums.n)
        apart = sums.middle - found.middle
        first = found.first - apart * found.n
        assert first == pytest.approx(sums.first, abs=1e-6)
        second = found.second - 2 * apart * found.first + apart**2 * found.n
        assert second == pytest.approx(sums.second, abs=1e-6)
    for part in ("places", "cells", "counts"):
        assert np.array_equal(getattr(ours.plane, part), getattr(theirs.plane, part))
    if has_days:
        assert np.array_equal(ours.trend.counts, theirs.trend.counts)


def live_index_of(explorer: Explorer, query: Query, name: str, has_days: bool) -> LiveIndex:
    """All that an index can have of the slider of a column, without a rollup."""
    dataset, schema = explorer.dataset, explorer.schema
    (day,), by, size = schema.times, explorer.group_facet(query), schema.measure("size")
    query = query.without(name)
    at = live_axis(query, schema.by_name[name], in_log=False)
    stops = slider_stops(day) if has_days else None
    assert at is not None
    bars = [bins_axis(one, None, False) for one in schema.measures if one.name != name]
    bars += [bars_axis(stops)] if stops is not None and name != "day" else []
    axes = [bin_cells(one, grid_of(one).fine) for one in (schema.measure("count"), size)]
    plane = PlaneAxes(axes[0], axes[1], True)
    days = tuple(places_between(day.low, day.high, "day")) if stops is not None else ()
    over = units_axis(stops, "day", days) if stops is not None and name != "day" else None
    trend = TrendAxes(day, over, by, None) if stops is not None else None
    parts = LiveParts(by, bars, schema.facets, schema.measures, plane=lambda: plane, trend=trend)
    counts = LiveCounts(dataset, None, None, Kept(), (schema.by_name[name], *parts.columns))
    found = live_index(counts, query, at, parts)
    assert found is not None
    return found


def test_points_of_the_scatter(explorer):
    query = explorer.query(colour=["red", None], upper={"count": 3})
    scatter = explorer.scatter(query, ("size", "count"), explorer.count(query))
    assert scatter.points is not None
    for value, (xs, ys) in scatter.points.items():
        wanted = [
            (row["size"], row["count"])
            for row in expected(explorer, {"colour": ["red", None], "upper": {"count": 3}})
            if row["colour"] == value and row["size"] is not None
        ]
        assert sorted(zip(xs, ys, strict=True)) == sorted(wanted)


def test_an_engine_is_asked_for_each_fact_once(explorer):
    if explorer.dataset.remote:
        assert asked_at_start(explorer.dataset.engine) == AT_START


AT_START = 6
"""What a start asks for these rows: counts, extremes and sums; the values of the two facets; the
first rows' decimals, and whether all others have no more; the rollup."""


def asked_at_start(engine: Engine) -> int:
    """How often an engine is asked for rows when a table is opened on it and made ready."""
    asked = []

    def collect(rows: nw.LazyFrame[Any]) -> pl.DataFrame:
        asked.append(rows)
        return engine.collect(rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iris_dash.analysis.rolling_up.LEAST_GAIN", 1)
        counted = SimpleNamespace(
            name=engine.name,
            title=engine.title,
            orders={},
            notes=(),
            table=engine.table,
            collect=collect,
            content="",
            comes_in_order=False,
            collect_at_start=collect,
            parts=lambda: [counted],
        )
        rollup = Explorer(engine_dataset(cast(Engine, counted), SAID)).rollup
    assert rollup is not None
    return len(asked)


def loads_all_or_nothing(place: str) -> None:
    """A load that breaks off leaves what was there; one that is done is not done again."""
    url = f"{place}/pots"
    address = target_of(url)
    first = pl.DataFrame({"h": [1.5, 2.5], "_row": [0, 1]})
    longer = pl.DataFrame({"h": [float(n) for n in range(250_000)]}).with_row_index("_row")
    other = as_stored(address, longer)

    def breaks_off(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_table(address, other, breaks_off)
    with pytest.raises(DatasetError):
        open_dataset(url)
    assert load_table(first, address)
    with pytest.raises(KeyboardInterrupt):
        write_table(address, other, breaks_off)
    with opened(url) as explorer:
        assert explorer.rows()["h"].tolist() == [1.5, 2.5]
    assert not load_table(first, address)


AGGREGATES = [
    ("colour", "size,count", "mean,interval,sd,min,max,median,p05,p95,sum,missing,distinct"),
    ("tame,day:month", "count,size", "mean,sd,median,p95"),
    ("day:week", "day,count", "min,max,median,distinct"),
    ("day:weekday", "name,tame", "missing,distinct"),
    ("day:day,day:quarter_of_year", "count", "sum,p95"),
    ("size:0.1", "count", "mean,median"),
    ("count:10,colour,day:month_of_year", "size", "max,p05"),
    ("name,day:quarter,day:year", "count", "median,sum"),
    ("", "size,count,day", "min,max,median,missing,distinct"),
]
"""Keys, columns, and statistics of each."""


@pytest.mark.parametrize("question", ["everything", "a month", "nothing left", "odd values"])
@pytest.mark.parametrize(("by", "of", "stat"), AGGREGATES, ids=[by for by, _, _ in AGGREGATES])
def test_aggregates(explorer, question, by, of, stat):
    rows = expected(explorer, QUESTIONS[question])
    query = explorer.query(**QUESTIONS[question])
    said = {"by": by, "of": of, "stat": f"count,share,{stat}"}
    asked = make_aggregation(explorer.schema, query, said)
    found = explorer.groups(asked).frame.rows(named=True)
    keys = by.split(",") if by else []
    groups = gathered(rows, keys) or ({} if keys else {(): []})
    assert {tuple(row[key] for key in keys) for row in found} == {*groups}
    assert len(found) == len(groups)
    for row in found:
        own = groups[tuple(row[key] for key in keys)]
        wanted = {"count": len(own), "share": len(own) / len(rows) if rows else None}
        for column in of.split(","):
            theirs = statistics(own, column)
            names = stat.replace("interval", "mean_low,mean_high").split(",")
            wanted |= {f"{name}_{column}": theirs.get(name) for name in names}
            if len(own) > len(T_975) and "interval" in stat:
                for end in ("low", "high"):
                    wanted[f"mean_{end}_{column}"] = row[f"mean_{end}_{column}"]
        wanted |= {key: row[key] for key in keys}
        assert unlike(row, wanted) == {}


@pytest.mark.parametrize("question", ["everything", "one value", "nothing left", "a month"])
def test_what_each_column_holds(explorer, question):
    rows = expected(explorer, QUESTIONS[question])
    query = explorer.query(**QUESTIONS[question])
    profiles = {one.column.name: one.selected for one in explorer.profiles(query)}
    assert [*profiles] == NAMES
    for name, found in profiles.items():
        values = [row[name] for row in rows if row[name] is not None]
        theirs = statistics(rows, name)
        wanted = {"count": len(rows), "missing": len(rows) - len(values)}
        wanted |= {"distinct": len({*values})}
        if name in ("size", "count", "day"):
            wanted |= {key: theirs.get(key) for key in ("min", "max", "mean", "median")}
        told = {key: getattr(found, key) for key in wanted}
        assert unlike(told, wanted) == {}, name
        if name in ("colour", "tame", "name"):
            counts = Counter(values)
            assert [one.count for one in found.top] == [n for _, n in counts.most_common(5)]
            assert all(counts[one.value] == one.count for one in found.top)
    notes = {one.column.name: one.notes for one in explorer.profiles(query)}
    assert notes == dict.fromkeys(NAMES, ())
