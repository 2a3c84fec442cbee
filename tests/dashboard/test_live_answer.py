"""The live index as it is sent: what the page's script reads, and what is no question for it."""

from __future__ import annotations

import json
import math
import zlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zlib import crc32

import brotli
import numpy as np
import polars as pl
import pytest
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.config.settings import Settings
from iris_dash.core.deadline import left
from iris_dash.core.errors import EngineAway, QueryTooLong
from iris_dash.dashboard.answer import live
from iris_dash.web.app import create_app

WRITTEN = ROOT / "tests" / "assets" / "live_index.arrays"
WRITTEN_CELLS = WRITTEN.with_name("live_density.arrays")
"""What tests in `tests/assets/` read, the first in two parts too; this file, run, writes them."""

POTS = pl.DataFrame(
    {
        "colour": ["red", "red", "blue", "blue", "red", None, "blue", "red"],
        "height": [1, 2, 2, 3, 4, 4, None, 1],
        "width": [5.0, 5.5, 5.5, 6.0, None, 7.0, 6.5, 5.0],
    }
)


def at_once(explorer: Explorer, asked: Any) -> bytes:
    """An index that is counted as quickly as these are, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LONG", math.inf)
        return live.live_answer(explorer, asked).first


def unpacked(packed: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header, and the arrays as lists."""
    assert int.from_bytes(packed[:4], "little") == crc32(packed[4:])
    length = int.from_bytes(packed[4:8], "little")
    header = json.loads(packed[8 : 8 + length])
    assert length % 8 == 0
    found = {}
    for name, place in header["arrays"].items():
        kind = np.dtype(place["type"]).newbyteorder("<")
        size = int(np.prod(place["shape"]))
        array = np.frombuffer(packed, kind, size, 8 + length + place["at"])
        found[name] = array.reshape(place["shape"]).tolist()
    return header, found


def test_an_index_by_hand():
    explorer = Explorer.open(POTS)
    packed = at_once(explorer, {"column": "height", "state": {}})
    header, arrays = unpacked(packed)
    assert header["offered"]
    assert header["table"] == explorer.dataset.fingerprint
    assert (header["column"], header["stops"], header["apart"]) == ("height", [1, 2, 3, 4], 1)
    assert header["facets"] == {"colour": ["blue", "red", "~missing"]}
    assert [group["place"] for group in header["groups"]] == [0, 1, 2]
    words = {"label": "Height", "unit": "", "place": 0, "texts": ["1", "2", "3", "4"]}
    assert header["words"] == words
    # Places: without a height, below 1, at 1, 2, 3 and 4, above. Groups: blue, red, no colour.
    missing, below, one, two, three, four, above = arrays["count"]
    assert missing == [1, 0, 0]
    assert (below, above) == ([0, 0, 0], [0, 0, 0])
    assert (one, two, three, four) == ([0, 2, 0], [1, 1, 0], [1, 0, 0], [0, 1, 1])
    assert arrays["facet colour"] == arrays["count"]
    # Width 5.0 stands in the first bin twice, both of them red and 1 high.
    assert arrays["histogram width"][2][1][0] == 2
    assert sum(map(sum, arrays["histogram width"][5])) == 1
    assert arrays["n width"] == [
        [1, 0, 0],
        [0] * 3,
        [0, 2, 0],
        [1, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
        [0] * 3,
    ]
    middle = header["measures"]["width"]
    assert middle == pytest.approx((5 + 5.5 + 5.5 + 6 + 7 + 6.5 + 5) / 7)
    assert arrays["first width"][3] == pytest.approx([5.5 - middle, 5.5 - middle, 0])
    assert arrays["second width"][2][1] == pytest.approx(2 * (5 - middle) ** 2)
    # Points in the order of the rows: red is the second group, height 1 at place 2.
    assert header["axes"] == ["width", "height"]
    assert [group["text"] for group in header["groups"]] == ["blue", "red", "~missing"]
    assert arrays["group of point"] == [1, 1, 0, 0, 1, 2, 0, 1]
    assert arrays["place of point"] == [2, 3, 3, 4, 5, 5, 0, 2]
    assert arrays["x"][5:] == [7, 6.5, 5]
    assert arrays["y"][:6] == [1, 2, 2, 3, 4, 4]
    assert math.isnan(arrays["x"][4])
    assert math.isnan(arrays["y"][6])


def test_a_trend_by_hand():
    """Six weeks of days, and a red pot that has no day."""
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(42)]
    frame = pl.DataFrame(
        {
            "day": [*days, None],
            "colour": ["red", "blue"] * 21 + ["red"],
            "height": [1 + n // 7 % 2 for n in range(42)] + [2],
            "width": [n / 2 for n in range(43)],
        }
    )
    explorer = Explorer.open(frame)
    counts = {"choices": {"_trend": "count"}}
    header, arrays = unpacked(at_once(explorer, {"column": "height", "state": counts}))
    assert header["trend"] == {"time": "day", "grouped": True, "middle": None, "units": []}
    # Per place of the height, group (blue, red) and day: missing, below, 1, 2, above.
    found = np.array(arrays["over time"])
    assert found.shape == (5, 2, 42)
    assert found.sum(axis=(1, 2)).tolist() == [0, 0, 21, 21, 0]
    assert found[2, 1, :8].tolist() == [1, 0, 1, 0, 1, 0, 1, 0]
    assert found[2, 0, :8].tolist() == [0, 1, 0, 1, 0, 1, 0, 0]
    assert found[3, :, 7].tolist() == [1, 0]
    week = {"times": {"day": ["2024-01-01", "2024-01-07"]}}
    state = week | {"choices": {"_trend": "mean:width"}}
    header, arrays = unpacked(at_once(explorer, {"column": "height", "state": state}))
    middle = header["trend"]["middle"]
    assert arrays["over time n"][2] == [[0, 1, 0, 1, 0, 1, 0], [1, 0, 1, 0, 1, 0, 1]]
    assert np.array(arrays["over time first"][2])[1, 4] == pytest.approx(2 - middle)
    assert np.array(arrays["over time second"][2])[0, 1] == pytest.approx((0.5 - middle) ** 2)
    # On the time's own slider each stop has its rows; it is told which units stops lie in.
    header, arrays = unpacked(at_once(explorer, {"column": "day", "state": counts}))
    *_, month, week, day = header["trend"].pop("units")
    assert header["trend"] == {"time": "day", "grouped": True, "middle": None}
    found = np.array(arrays["over time"])
    assert found.shape == (2 + 42 + 1, 2, 1)
    assert found[:5, :, 0].tolist() == [[0, 1], [0, 0], [0, 1], [1, 0], [0, 1]]
    assert month == {
        "unit": "month",
        "first": [0] * 31 + [1] * 11,
        "from": ["2024-01", "2024-02"],
        "until": ["2024-01", "2024-02"],
        "hover": "%b %Y",
        # The first of a month begins it, the 31st ends January.
        "cut": [[*range(1, 31), *range(32, 42)], [*range(30), *range(31, 42)]],
    }
    assert week["first"] == [n // 7 for n in range(42)]
    assert (week["from"][0], week["until"][-1]) == ("2024-01-01", "2024-02-11")
    assert (day["first"], day["cut"]) == ([*range(42)], [[], []])


CROWD = pl.DataFrame(
    {
        "colour": ["red", "blue"] * 512,
        "height": [1 + n % 4 for n in range(1024)],
        "width": [5.0 + n // 2 % 3 for n in range(1024)],
        "weight": [None if n < 512 else 1 + n // 128 % 4 for n in range(1024)],
    }
)
"""Red ones are 1 or 3 high, blue ones 2 or 4; 1,024 points on twelve places of width and height."""


def test_a_density_by_hand():
    explorer = Explorer.open(CROWD)
    state = {"axes": ["width", "height"]}
    header, arrays = unpacked(at_once(explorer, {"column": "weight", "state": state}))
    assert header["axes"] is None
    plane = header["plane"]
    assert (plane["axes"], plane["grouped"]) == (["width", "height"], True)
    # Places: without a weight, below 1, at 1, 2, 3 and 4, above.
    ends = arrays["cells until"]
    assert len(ends) == len(arrays["count"]) == 7
    across, up = len(plane["x"]) - 1, len(plane["y"]) - 1
    found = np.zeros((7, 2, up, across), dtype=int)
    for place, (first, last) in enumerate(zip([0, *ends], ends, strict=False)):
        for cell, rows in zip(
            np.cumsum(arrays["cell"][first:last], dtype=int),
            arrays["rows of cell"][first:last],
            strict=True,
        ):
            found[place, *np.unravel_index(cell, found.shape[1:])] = rows
    for place, weight in enumerate([None, 0, 1, 2, 3, 4, 9]):
        for group, colour in enumerate(("blue", "red")):
            own = CROWD.filter(pl.col("weight").eq_missing(weight), pl.col("colour") == colour)
            edges = (plane["y"], plane["x"])
            wanted = np.histogram2d(own["height"], own["width"], edges)[0]
            assert found[place, group].tolist() == wanted.tolist()


def sent(frame: pl.DataFrame, column: str) -> bytes:
    return at_once(*question(frame, column))


def question(frame: pl.DataFrame, column: str) -> tuple[Explorer, dict[str, Any]]:
    dataset = replace(Explorer.open(frame).dataset, fingerprint="pots")
    state = {"axes": ["width", "height"]} if column == "weight" else {}
    return Explorer(dataset), {"column": column, "state": state}


def in_two_parts(explorer: Explorer, asked: Any) -> tuple[bytes, bytes]:
    """An index of which the first part took too long to wait for the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LONG", 0)
        found = live.live_answer(explorer, asked)
    assert found.rest is not None
    return found.first, found.rest()


def first_sent(frame: pl.DataFrame, column: str) -> bytes:
    return in_two_parts(*question(frame, column))[0]


def rest_sent(frame: pl.DataFrame, column: str) -> bytes:
    return in_two_parts(*question(frame, column))[1]


FILES = {
    WRITTEN: (sent, POTS, "height"),
    WRITTEN.with_suffix(".first.arrays"): (first_sent, POTS, "height"),
    WRITTEN.with_suffix(".rest.arrays"): (rest_sent, POTS, "height"),
    WRITTEN_CELLS: (sent, CROWD, "weight"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_scripts_tests_read_what_is_sent(path):
    make, *about = FILES[path]
    assert make(*about) == path.read_bytes(), f"run python {__file__}"


def test_a_part_is_not_narrowed_by_its_own_filter():
    explorer = Explorer.open(POTS)
    asked = {"facets": {"colour": ["red"]}, "ranges": {"width": [5.5, None], "height": [2, 2]}}
    _, arrays = unpacked(at_once(explorer, {"column": "height", "state": asked}))
    # Red, from 5.5 on: one pot, 2 high; its own bounds are left out.
    assert np.sum(arrays["count"], axis=0).tolist() == [0, 1, 0]
    # All colours from 5.5 on; red of any width.
    assert np.sum(arrays["facet colour"], axis=0).tolist() == [3, 1, 1]
    assert np.sum(arrays["histogram width"]) == 3


@pytest.mark.parametrize(
    ("column", "state"),
    [
        # Several spans; values that are all alike.
        ("height", {"others": {"height": ["4..4"]}, "ranges": {"height": [1, 2]}}),
        ("only", {}),
    ],
)
def test_what_two_stops_cannot_tell_is_not_offered(column, state):
    explorer = Explorer.open(POTS.with_columns(only=pl.lit(3.0)))
    header, arrays = unpacked(at_once(explorer, {"column": column, "state": state}))
    assert not header["offered"]
    assert header["why"]
    assert arrays == {}


CLIENT = create_app(POTS, Settings()).server.test_client()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"column": "hight"}, "unknown measure or time 'hight'; columns are height, width"),
        ({"column": "colour"}, "unknown measure or time 'colour'"),
        ({"column": ["height"]}, "unknown measure or time"),
        ({}, "unknown measure or time None"),
        ([], "unknown measure or time None"),
        ({"column": "height", "state": 3}, "the question"),
        ({"column": "height", "state": {"ranges": 3}}, "ranges: "),
        ({"column": "height", "state": {"facets": {"colour": ["gren"]}}}, "gren"),
    ],
)
def test_what_is_no_question_is_told(asked, said):
    answer = CLIENT.post("/_live-index", json=asked)
    assert answer.status_code == 422
    assert (
        answer.json["detail"][0]["msg"].startswith(said) or said in answer.json["detail"][0]["msg"]
    )


def test_it_is_sent_small_and_kept_by_nobody():
    asked = {"column": "height", "state": {}}
    answer = CLIENT.post("/_live-index", json=asked, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Cache-Control"] == "no-store"
    assert CLIENT.post("/_live-index", data="{").status_code == 415
    assert CLIENT.get("/_live-index").status_code == 405


ASKED = {"column": "height", "state": {"ranges": {"width": [5.5, None]}}}
FIRST = {"count", "histogram width", "facet colour", "without width"}
"""What a page draws first of the question."""


def two_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each count have taken too long for one part."""
    monkeypatch.setattr(live, "LONG", 0)


def test_an_index_that_takes_long_is_two_parts_the_counts_first():
    header, arrays = unpacked(at_once(Explorer.open(POTS), ASKED))
    (first, counts), (rest, sums) = map(unpacked, in_two_parts(Explorer.open(POTS), ASKED))
    assert first.pop("more") is True
    assert set(counts) == FIRST
    # Texts, as what is missing equals nothing.
    assert str(sorted((counts | sums).items())) == str(sorted(arrays.items()))
    for one in (header, first, rest):
        one.pop("arrays")
    assert first | rest == header
    assert not set(first) & set(rest)


def test_both_parts_are_kept_and_sent_at_once(monkeypatch):
    two_parts(monkeypatch)
    client = create_app(POTS, Settings()).server.test_client()
    made, kept = (client.post("/_live-index", json=ASKED, buffered=True) for _ in range(2))
    assert (made.content_length, made.headers["X-Accel-Buffering"]) == (None, "no")
    assert kept.content_length == len(kept.data) > 0
    assert "X-Accel-Buffering" not in kept.headers
    assert made.data == kept.data
    assert kept.headers["Cache-Control"] == made.headers["Cache-Control"] == "no-store"
    assert 'cache;desc="hit memory"' in kept.headers["Server-Timing"]
    assert "query;dur=" in made.headers["Server-Timing"]


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_first_part_leaves_whole_before_the_rest_is_counted(monkeypatch, encoding):
    two_parts(monkeypatch)
    counted = []
    complete = live.complete_index
    monkeypatch.setattr(live, "complete_index", lambda *a: counted.append(1) or complete(*a))
    client = create_app(POTS, Settings()).server.test_client()
    answer = client.post("/_live-index", json=ASKED, headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    decode = {"br": brotli.Decompressor().process, "gzip": zlib.decompressobj(31).decompress}
    pieces = answer.iter_encoded()
    first = decode[encoding](next(pieces))
    assert set(unpacked(first)[1]) == FIRST
    assert counted == []
    rest = b"".join(map(decode[encoding], pieces))
    assert "n width" in unpacked(rest)[1]
    assert counted == [1]


@pytest.mark.parametrize("error", [EngineAway("gone"), QueryTooLong(3), RuntimeError("odd")])
def test_where_the_rest_fails_the_first_part_stands_and_nothing_is_kept(monkeypatch, error):
    two_parts(monkeypatch)
    client = create_app(POTS, Settings()).server.test_client()

    def fail(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(live, "complete_index", fail)
        answer = client.post("/_live-index", json=ASKED)
        pieces = answer.iter_encoded()
        assert set(unpacked(next(pieces))[1]) == FIRST
        with pytest.raises(type(error)):
            next(pieces)
    again = client.post("/_live-index", json=ASKED)
    assert again.content_length is None
    assert b"".join(again.iter_encoded()) == b"".join(in_two_parts(Explorer.open(POTS), ASKED))


def test_the_rest_has_what_is_left_of_the_answers_time(monkeypatch):
    two_parts(monkeypatch)
    seconds = []
    complete = live.complete_index
    monkeypatch.setattr(live, "complete_index", lambda *a: seconds.append(left()) or complete(*a))
    client = create_app(POTS, Settings(query_seconds=50)).server.test_client()
    assert client.post("/_live-index", json=ASKED, buffered=True).status_code == 200
    assert 0 < seconds[0] < 50


if __name__ == "__main__":
    for path, (make, *about) in FILES.items():
        path.write_bytes(make(*about))
