"""Every text to copy of an aggregate is run, and gives the product's own figures in its order."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import polars as pl
import pots
import pytest
from copied import Opened, Rows, tidied, written
from copied import run as run_in

from iris_dash import Explorer
from iris_dash.analysis.aggregate.asking import parse_aggregation_arguments
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.aggregate.statistics import NOUNS, STATISTICS
from iris_dash.copy_as import forms
from iris_dash.tables.libraries.moments import moment_rows

URL = "http://127.0.0.1:8050"
LIBRARIES = ["pandas", "Polars", "DuckDB"]
TEXTS = ["curl", "Python", *LIBRARIES]

connection = cache(duckdb.connect)


@cache
def opened_of(source: str | None) -> Opened:
    """What the lines have made that read a file: most texts of one begin with the same."""
    return {}


OF_MEASURES = "count,share,missing,distinct,sum,mean,sd,min,max,median,p01,p05,p25,p75,p90,p99"

MOMENTS = """at,day,x,who,n
2013-01-05T06:30:00,2013-01-05,0.5,ann,1
2013-06-05T15:45:00,2013-06-05,2.5,bob,2
,,0.3,ann,3
2014-12-07T23:59:59,2014-12-07,,,
1969-12-31T23:00:00,1969-12-31,-1.25,cyd,-5
2013-06-05T15:45:30,2013-06-06,0.1,ann,2
2024-12-30T00:00:00,2024-12-30,0.7,bob,7
2021-01-01T12:00:00,2021-01-01,1.1,bob,10
"""


def asked_of(explorer: Explorer, text: str) -> Aggregation:
    return parse_aggregation_arguments(explorer.schema, parse_qsl(text, keep_blank_values=True))


def run(label: str, text: str, source: str | None = None) -> Rows:
    return run_in(label, text, connection(), opened_of(source) if source else None)


def is_alike(one: Any, other: Any) -> bool:
    if isinstance(one, bool | str) or one is None or isinstance(other, bool | str | None):
        return bool(one == other)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def check(explorer: Explorer, source: str | None, text: str, labels: list[str] = TEXTS) -> None:
    asked = asked_of(explorer, text)
    texts = forms(explorer, asked.query, URL, source, groups=asked)
    assert list(texts) == labels, text
    wanted = tidied(moment_rows(explorer.groups(asked).frame))
    for label in labels[1:]:
        found = run(label, texts[label], source)
        told = f"{label}: {found}\n{wanted}\n{texts[label]}"
        assert len(found) == len(wanted), told
        for ours, theirs in zip(wanted, found, strict=True):
            assert len(ours) == len(theirs), told
            assert all(map(is_alike, ours, theirs)), told


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> tuple[Explorer, str]:
    path = tmp_path_factory.mktemp("moments") / "moments.csv"
    path.write_text(MOMENTS)
    path.with_suffix(".toml").write_text('text = ["who"]\nmeasures = ["x", "n"]\n')
    return Explorer.open(str(path)), str(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x=100..&of=x,n&stat=count,share,sum,mean,min,missing",
        f"of=x,n&stat={OF_MEASURES}",
        "by=who",
        "by=who&sort=-who",
        f"by=who&of=x,n&stat={OF_MEASURES}&sort=-p25_x",
        "by=who,at:year&having=count:1..2&sort=who",
        "by=at:quarter&of=at,day&stat=min,max,median,distinct,missing",
        "by=at:month,day:week&of=x&stat=mean",
        "by=at:week&sort=-count",
        "by=at:day,at:hour",
        "by=at:minute&of=at&stat=max&having=max_at:2013..2020",
        "by=day:week&of=day&stat=median&having=median_day:..2021-01-01",
        "by=at:weekday,at:hour_of_day&of=x&stat=sum",
        "by=at:month_of_year&sort=-at:month_of_year",
        "by=day:quarter_of_year,day:weekday&at=2013..",
        "by=x:0.1",
        "by=x:0.25&of=n&stat=count,mean,sd&having=count:2..",
        "by=x:1,n:3",
        "by=n:1&sort=-n:1",
        "by=n:2&of=x&stat=max&having=max_x:..0.5&sort=max_x",
        "by=who,at:year&of=x&stat=count,mean&sort=-mean_x@who",
        "by=who,at:year&of=x&stat=mean,count&sort=count@who,who,-mean_x@at:year",
        "by=x:0.25,day:weekday&of=n&stat=share,max&having=max_n:..7&sort=-share@day:weekday",
        "by=n:2,who,at:quarter&of=x&stat=median&sort=-median_x@who,-median_x@n:2",
    ],
)
def test_every_key_and_statistic_is_told(moments: tuple[Explorer, str], text: str) -> None:
    check(*moments, text)


@pytest.mark.parametrize("kind", ["iris", "penguins", "odd", "words"])
def test_facets_of_any_name_and_order(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = written(tmp_path_factory.mktemp("table"), kind)
    explorer = Explorer.open(source)
    if kind == "odd":
        beside = Path(source).with_suffix(".toml")
        beside.write_text(f"{beside.read_text()}[columns.class]\norder = [3, 1, 2]\n")
        explorer = Explorer.open(source)
    of = "".join(
        f"&of={measure.name}&stat=count,mean,median" for measure in explorer.schema.measures[:1]
    )
    for facet in explorer.schema.facets:
        name = facet.name.replace(",", "\\,")
        check(explorer, source, f"by={name}{of}")
        check(explorer, source, f"by={name}&of={name}&stat=missing,distinct,share&sort=-{name}")
    if len(explorer.schema.facets) > 1:
        one, two = (facet.name.replace(",", "\\,") for facet in explorer.schema.facets[:2])
        check(explorer, source, f"by={one},{two}&stat=count&sort=count@{one},{one},-count@{two}")


def test_the_ends_of_an_interval_need_students_t(moments: tuple[Explorer, str]) -> None:
    check(*moments, "by=who&of=x&stat=count,mean,interval", TEXTS[:-1])
    check(*moments, "of=n&stat=interval", TEXTS[:-1])


def test_what_libraries_would_say_otherwise_is_left_out(
    moments: tuple[Explorer, str], tmp_path: Path
) -> None:
    for text in ("by=who&totals=1", "by=at:month&empty=1"):
        check(*moments, text, TEXTS[:2])
    path = tmp_path / "far.csv"
    path.write_text("g,x,at\n1,inf,0900-01-01\n2,1,2013-01-01\n2,3,2013-01-01\n")
    path.with_suffix(".toml").write_text('facets = ["g"]\n')
    explorer = Explorer.open(str(path))
    for text in ("by=g&of=x&stat=sum", "by=at:year", "by=x:1"):
        check(explorer, str(path), text, TEXTS[:2])
    check(explorer, str(path), "by=g&of=x&stat=missing,distinct")


def test_a_long_table_of_every_plain_kind(tmp_path: Path) -> None:
    path = tmp_path / "pots.parquet"
    frame = pots.table(2_000).with_columns(at=pl.col("day").cast(pl.Datetime("us", "UTC")))
    frame.write_parquet(path)
    path.with_suffix(".toml").write_text('facets = ["kiln", "glaze", "whole"]\n')
    explorer = Explorer.open(str(path))
    for text in (
        f"by=glaze,day:month&of=gappy&stat={OF_MEASURES}&having=count:5..&sort=-count",
        "by=whole,kiln,day:weekday&height=2..8&of=gappy&stat=mean,distinct",
        "by=height:0.7,at:quarter&of=day&stat=min,median,max",
    ):
        check(explorer, str(path), text)


def test_every_statistic_has_its_words(moments: tuple[Explorer, str]) -> None:
    """A new one without them would fail only when somebody copies it."""
    explorer, source = moments
    columns = {"measure": "x", "time": "at", "text": "who"}
    for statistic in STATISTICS.values():
        of = next((columns[NOUNS[kind]] for kind in statistic.of if NOUNS[kind] in columns), None)
        asked = asked_of(explorer, f"stat={statistic.name}" + (f"&of={of}" if of else ""))
        texts = forms(explorer, asked.query, URL, source, groups=asked)
        assert list(texts)[:4] == TEXTS[:4]


def test_the_texts_say_no_more_than_the_question(explorer: Explorer) -> None:
    asked = asked_of(
        explorer, "species=setosa&by=species&of=petal_length&stat=count,p95&having=count:5.."
    )
    texts = forms(explorer, asked.query, f"{URL}/t/iris/", None, groups=asked, is_served=True)
    assert list(texts) == TEXTS
    assert texts["curl"] == (
        f"curl -s '{URL}/t/iris/aggregate/?species=setosa&by=species&of=petal_length"
        "&stat=count,p95&having=count:5..'"
    )
    assert texts["Python"].splitlines()[2:] == [
        "explorer = Explorer.open(",
        f'    "{URL}/t/iris/export.parquet",',
        '    facets=["species"],',
        ")",
        'query = explorer.query(species="setosa")',
        "groups = explorer.aggregate(",
        "    query,",
        '    by="species",',
        '    of="petal_length",',
        '    stat=["count", "p95"],',
        '    having="count:5..",',
        ")",
    ]
    assert texts["pandas"].splitlines()[2:] == [
        f'df = pd.read_parquet("{URL}/t/iris/export.parquet")',
        'rows = df[df["species"] == "setosa"]',
        'grouped = rows.groupby(["species"], dropna=False, observed=True)',
        "groups = pd.DataFrame(",
        "    {",
        '        "count": grouped.size(),',
        '        "p95_petal_length": grouped["petal_length"].quantile(0.95),',
        "    }",
        ").reset_index()",
        'groups = groups[groups["count"] >= 5]',
        'groups = groups.sort_values(["species"], ignore_index=True)',
    ]
