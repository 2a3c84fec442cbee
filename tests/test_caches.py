"""Every cache of the package, and what bounds it: bytes, where a client chooses what is kept."""

from __future__ import annotations

import ast
import gc
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cache

import polars as pl
import pytest
from asking import client_of
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.config.settings import Settings
from iris_dash.core.remembered import remembered
from iris_dash.tables.description import TableDescription
from iris_dash.web import clients, compression, limits
from iris_dash.web.api import requests

PACKAGE = ROOT / "iris_dash"
DECORATORS = {"cache", "lru_cache", "remembered"}
CONSTRUCTORS = DECORATORS | {"LRUCache", "TTLCache", "TLRUCache", "LFUCache", "Recent"}

BOUNDS = {
    "analysis/cell_counts: Recent": "16 numberings of at most 600,000 cells, four bytes each",
    "analysis/cells: Recent": "8 masks of a byte per cell of the table, or 32 MB",
    "analysis/judgment: first_filters": "256 tables, or choices of their columns",
    "analysis/judgment: first_measures": "256 tables, or choices of their columns",
    "analysis/live_axes: _measure_axis": "64 measures, four bytes for each of their cells",
    "analysis/mean_intervals: t_quantile": "10,000 numbers of two numbers",
    "analysis/time_cells: _even_points": "8 times of tables, two bytes for each of its points",
    "analysis/timed_rollup: Recent": "8 counts of the table's cells, of two kinds",
    "core/release: release": "one value",
    "core/release: version": "one value",
    "dashboard/answer/address: _offered_values": "64 tables",
    "dashboard/charts/means: bar_names": "32 tables",
    "dashboard/views/sentence: _columns": "64 tables",
    "dashboard/views/sentence: keys_of": "64 tables",
    "library: default_explorer": "one value",
    "query/alternatives: _measure_type": "2 types",
    "query/alternatives: _time_type": "64 types, of dates and of zones",
    "query/model: filter_fields": "32 tables",
    "query/model: query_model": "32 tables",
    "query/schema: narrowed": "64 choices of a table's columns",
    "query/slider_stops: slider_stops": "256 times of tables, of at most 400 stops",
    "tables/libraries/__init__: _pandas": "one value",
    "tables/reading/sheet_oddities: cache": "one sheet's columns, while it is looked at: 16,384",
    "web/api/requests: remembered": "twice 4 MB: arguments and bodies of up to 2,048 bytes",
    "web/api/routes: document": "two paths below which a proxy may put it",
    "web/auth/credentials: TTLCache": "1,000 digests of those who came in",
    "web/auth/ended_logins: TLRUCache": "as many ended logins as it says, of 32 characters",
    "web/clients: counted_as": "4,096 addresses of up to 255 characters",
    "web/cache: LRUCache": "8 MB of answers and their keys",
    "web/compression: LRUCache": "32 MB of files",
    "web/compression: _preferred_encoding": "256 headers of up to 255 characters",
    "web/counts: LRUCache": "as many clients as it says, by addresses of up to 255 characters",
    "web/dash_backend: _hash": "64 files of the package",
    "web/dash_backend: lru_cache": "the layouts of 8 locales, of those that are known",
    "web/dash_backend: _package_fingerprints": "16 packages of Dash",
    "web/limits: _wrong": "1,024 times four headers of up to 255 characters",
    "web/observing/metrics: metrics": "one value",
}
"""What keeps something, in which module, and its bound. A new one needs a bound, and a line."""

SHORT_TEXTS = {
    "web/limits: _wrong": limits._wrong,
    "web/clients: counted_as": clients.counted_as,
    "web/compression: _preferred_encoding": compression._preferred_encoding,
}
"""Those that count entries, of texts from outside: whoever calls them leaves long ones out."""

FEW_TEXTS = {
    "analysis/time_cells: _even_points",
    "query/alternatives: _time_type",
    "query/schema: narrowed",
    "query/slider_stops: slider_stops",
    "web/api/routes: document",
    "web/dash_backend: _package_fingerprints",
}
"""Those of texts that are looked at before: a zone, names of the table's own columns or a column of
its own, a prefix as `limits` allows it, a package of Dash."""


def called(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr if target.attr != "remembered" else ""  # a method of the passwords
    return getattr(target, "id", "")


def caches(source: str) -> Iterator[tuple[str, ast.FunctionDef | None]]:
    """Yield the name of each cache of a module's text: its function's, else what makes it."""
    tree = ast.parse(source)
    decorators = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                decorators.add(decorator)
                if called(decorator) in DECORATORS:
                    yield node.name, node
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in decorators and called(node) in CONSTRUCTORS:
            yield called(node), None


@cache
def found() -> dict[str, ast.FunctionDef | None]:
    return {
        f"{path.relative_to(PACKAGE).with_suffix('')}: {name}": function
        for path in sorted(PACKAGE.rglob("*.py"))
        for name, function in caches(path.read_text())
    }


def test_every_cache_is_listed_with_its_bound():
    assert sorted(found()) == sorted(BOUNDS)


def test_a_new_cache_is_seen():
    text = "@lru_cache(maxsize=2)\ndef a(text: str): ...\nb = cachetools.LRUCache(3)\n"
    assert [name for name, _ in caches(text)] == ["a", "LRUCache"]


def test_nothing_is_kept_without_a_bound_or_by_number_where_it_may_be_long():
    for name, function in found().items():
        for decorator in [] if function is None else function.decorator_list:
            given = [argument.annotation for argument in function.args.args]
            if called(decorator) == "cache":
                assert not given, f"{name} keeps without end"
            if called(decorator) == "lru_cache":
                types = {ast.unparse(one) for one in given if one is not None}
                known = name in SHORT_TEXTS.keys() | FEW_TEXTS
                assert known or types <= {"Schema", "Measure", "float", "Path", "int", "bool"}, name


def test_a_long_header_is_not_kept():
    """1,024 Hosts of 64 kB were 126 MB, before any login."""
    for kept in SHORT_TEXTS.values():
        kept.cache_clear()
    for number in range(50):
        long = f"{number}" + "a" * 60_000
        assert limits.wrong_header(long, "http", "", "")
        assert limits.wrong_header("a", long, long, long)
        assert compression.preferred_encoding(f"gzip, {long}") is None
    sizes = [kept.cache_info().currsize for kept in SHORT_TEXTS.values()]
    assert sizes == [2, 0, 0]
    client = client_of(Settings(proxies=1, rate="9 per minute"))
    for number in range(5):
        headers = {"X-Forwarded-For": f"{number}:" + "1" * 60_000}
        assert client.get("/range/", headers=headers).status_code == 400
    assert clients.counted_as.cache_info().currsize == 0


WIDE = Explorer.open(
    pl.DataFrame(
        {"k": [f"{n:03d}" for n in range(900)]} | {f"m{n:03d}": range(900) for n in range(150)}
    ),
    TableDescription(facets=("k",)),
)


def weighed(ask: Callable[[int], object], turns: int) -> int:
    """How many bytes are held after asking so often."""
    gc.collect()
    tracemalloc.start()
    try:
        for turn in range(turns):
            ask(turn)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("place", ["arguments", "body"])
def test_questions_are_kept_in_so_many_bytes(place):
    def read_arguments(turn: int) -> None:
        text = "&".join(f"m{n:03d}={turn}.." for n in range(150))
        requests._arguments_query(WIDE.schema, text.encode())

    def read_body(turn: int) -> None:
        bounds = ",".join(f'"m{n:03d}":{turn}' for n in range(150))
        requests._body_query(WIDE.schema, f'{{"lower":{{{bounds}}}}}'.encode())

    ask = {"arguments": read_arguments, "body": read_body}[place]
    kept = {"arguments": requests._arguments_query, "body": requests._body_query}[place].kept
    kept.clear()
    ask(0)
    held = weighed(ask, 95)
    assert 10 < len(kept) < 95
    assert kept.held <= requests.MOST_BYTES
    # What they are weighed with is what they take, or more.
    assert held <= kept.held + 500_000


def test_a_text_is_made_once_and_weighed_with_its_question():
    explorer = Explorer.open(ROOT / "data" / "iris.csv")
    query = explorer.query(species="setosa")
    bare = query.size
    text = explorer.text(query)
    assert explorer.text(query) is text
    assert query.size == bare + 4 * len("species=setosa")
    # Of another table it is another one.
    named = pl.DataFrame({"species": ["setosa", "other"], "n": [1, 2]})
    assert Explorer.open(named).text(query) == "species=setosa"
    assert explorer.text(query) == text


def test_what_was_asked_last_is_kept_and_what_is_too_long_is_not():
    made = []

    @remembered(1_000, int)
    def doubled(number: int) -> int:
        made.append(number)
        return number

    for number in (501, 501, 300, 150, 151, 150, 152, 300, 150, 153, 151, 150):
        doubled(number)
    # 501 is more than a half. 150 was asked again each time before its half was let go, 151 not.
    assert made == [501, 501, 300, 150, 151, 152, 153, 151]
