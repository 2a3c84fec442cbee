"""Text that engines take for patterns, or write small in ways of their own, and questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from engine_answers import opened

from iris_dash import Explorer
from iris_dash.commands.load import load_table, target_of

TEXTS = [
    "ÄRGER",
    "ärger",
    "Straße",
    "STRASSE",
    "100 %",
    "a_b",
    "aXb",
    "*.*",
    "it's",
    'say "no"',
    "a\\b",
]
TEXTS += ["line\nbreak", "日本語", "🌸 Iris", "éa", "e\u0301a", "%s", "$where", "", None]
NUMBERED = [*TEXTS, *(f"plain {n}" for n in range(60))]

ASKED = [
    ({"has": "ärg"}, ["ÄRGER", "ärger"]),
    ({"starts": "ÄR"}, ["ÄRGER", "ärger"]),
    ({"has": "ß"}, ["Straße"]),
    ({"has": "%"}, ["100 %", "%s"]),
    ({"has": "_"}, ["a_b"]),
    ({"has": "*"}, ["*.*"]),
    ({"starts": "."}, []),
    ({"has": "'"}, ["it's"]),
    ({"has": '"'}, ['say "no"']),
    ({"has": "\\"}, ["a\\b"]),
    ({"has": "e\nb"}, ["line\nbreak"]),
    ({"starts": "日"}, ["日本語"]),
    ({"has": "🌸"}, ["🌸 Iris"]),
    ({"has": "IRIS"}, ["🌸 Iris"]),
    ({"starts": "É"}, ["éa"]),
    ({"has": "$w"}, ["$where"]),
    ([""], [""]),
    ([None, "it's"], ["it's", None]),
    (["ÄRGER", "a\\b", "nothing"], ["ÄRGER", "a\\b"]),
]
"""What `where` says of the text, and the rows that are so."""


@contextmanager
def odd_texts_at(place: str) -> Iterator[Explorer]:
    """Explore the texts as a table at a folder's or server's address."""
    url, frame = f"{place}/texts", pl.DataFrame({"text": NUMBERED})
    assert load_table(frame.with_columns(_row=pl.int_range(pl.len())), target_of(url))
    with opened(url) as explorer:
        yield explorer


def check_texts(explorer: Explorer) -> None:
    """Ask for each of them: the same rows as of a frame in memory."""
    for said, wanted in ASKED:
        query = explorer.query(where={"text": said})
        found = [row["text"] for row in explorer.records(query)[1]]
        assert found == wanted, said
        assert explorer.count(query) == len(wanted)
        others = {"not": [text for text in wanted if text is not None]}
        kept = explorer.count(explorer.query(where={"text": others}))
        assert kept == len(NUMBERED) - len(others["not"])
