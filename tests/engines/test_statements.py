"""What an answer of the page or a route asks an engine: no statement twice, and none too long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from page_views import ADDRESSES

from iris_dash import Explorer
from iris_dash.commands.load import load_table, target_of
from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.answer.answer import answer_state
from iris_dash.dashboard.answer.question import read_opening
from iris_dash.engines import ibis_tables

LONGEST = 20_000
"""Characters: what twelve measures and their pairs take."""

MEASURES = 12
"""As many as the correlations are of."""

ROWS = 400

FILTERS = {
    "some": {"colour": ["red"], "upper": {"m1": 0.5}},
    "one row": {"upper": {"m2": -9.5}},
    "none": {"lower": {"m1": 0.5}, "upper": {"m2": -9.5}, "colour": ["red"]},
}


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explorer]:
    """A table in SQLite that does not roll up; a third of its measures have gaps."""
    random = np.random.default_rng(20_261_128)
    numbers = np.round(random.normal(size=(ROWS, MEASURES)), 3)
    numbers[0] = -10.0
    frame = pl.DataFrame(numbers, schema=[f"m{i}" for i in range(MEASURES)])
    known = pl.Series(random.random(ROWS) > 0.1)
    gaps = (pl.when(known).then(pl.col(f"m{i}")).alias(f"m{i}") for i in range(0, MEASURES, 3))
    colours = np.array(["red", "green", "blue"])[random.integers(0, 3, ROWS)]
    frame = frame.with_columns(*gaps, colour=colours, tame=random.random(ROWS) > 0.5)
    url = f"sqlite://{tmp_path_factory.mktemp('sqlite')}/numbers.sqlite/numbers"
    assert load_table(frame, target_of(url))
    explorer = Explorer.open(url)
    assert explorer.rollup is None
    yield explorer
    explorer.dataset.close()


@pytest.fixture
def asked(explorer: Explorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that SQLite is sent from now on."""
    found: list[str] = []

    def connect(address, connect=ibis_tables._connect):
        connection = connect(address)
        connection.con.set_trace_callback(found.append)
        return connection

    monkeypatch.setattr(ibis_tables, "_connect", connect)
    explorer.dataset.close()
    yield found
    explorer.dataset.close()


def check(asked: list[str]) -> None:
    assert asked
    assert [statement for statement, times in Counter(asked).items() if times > 1] == []
    assert max(map(len, asked)) < LONGEST


@pytest.mark.parametrize(
    "address", [ADDRESSES[0], *(f"{address}&colour=red&m1=..0.5" for address in ADDRESSES)]
)
def test_of_the_page(explorer, asked, address):
    opening = {"search": address[1:], "theme": "light", "narrow": False, "open": []}
    search, look = read_opening(opening)
    state, problems = read_address(explorer.schema, search)
    assert not problems
    answer_state(explorer, state, look)
    check(asked)


@pytest.mark.parametrize("filters", FILTERS)
def test_of_the_library_and_the_routes(explorer, asked, filters):
    query = explorer.query(**FILTERS[filters])
    for answer in (
        explorer.records,
        explorer.mean_records,
        explorer.comparison_record,
        explorer.diagnosis_record,
        lambda query: b"".join(explorer.csv(query)),
    ):
        answer(query)
        check(asked)
        asked.clear()
