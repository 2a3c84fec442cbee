"""Parquet files that are asked where they lie: their order, what a start keeps, what is refused."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import polars as pl
import pytest

from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.analysis.scan import Scan
from iris_dash.copy_as import forms
from iris_dash.engines import open_engine
from iris_dash.engines.addresses import Address, engine_address
from iris_dash.engines.kept_answers import KEPT_DAYS, KeptAnswers
from iris_dash.engines.parquet_in_place import ParquetInPlace
from iris_dash.query.query import Query
from iris_dash.tables.engine_facts import EngineFacts
from iris_dash.tables.reading.folder_keys import folder_keys
from iris_dash.tables.reading.sources import read_source

GAPS = {9: "height", 11: "colour"}


def pots(begin: int, rows: int = 400) -> pl.DataFrame:
    """Pots whose heights are measured to 0.1, and whose widths are not; some are missing."""
    random = np.random.default_rng(begin)
    heights = random.normal(20, 3, rows).round(1)
    frame = pl.DataFrame({"number": np.arange(begin, begin + rows), "height": heights})
    colours = pl.Series("colour", random.choice(["red", "blue", "grey"], rows))
    frame = frame.with_columns(colours, width=random.normal(5, 1, rows))
    known = {name: pl.when(pl.col("number") % n > 0).then(name) for n, name in GAPS.items()}
    return frame.with_columns(**known)


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of so few rows is a part too."""
    monkeypatch.setattr("iris_dash.engines.parquet_in_place.LEAST_PART", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pots").mkdir()
    for place in range(3):
        pots(400 * place).write_parquet(tmp_path / "pots" / f"{place}.parquet")
    return tmp_path / "pots"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The content of each table that is asked for something, while it is opened and after."""
    found: list[str] = []
    real = ParquetInPlace.collect

    def collect(self: ParquetInPlace, rows: Any) -> pl.DataFrame:
        found.append(self.content)
        return real(self, rows)

    monkeypatch.setattr(ParquetInPlace, "collect", collect)
    monkeypatch.setattr("iris_dash.analysis.rolling_up.LEAST_GAIN", 1)
    return found


def made_ready(url: str) -> Explorer:
    explorer = Explorer(open_dataset(url))
    with closing(explorer.dataset):
        explorer.prepare()
    return explorer


def test_rows_come_in_the_order_of_the_files(folder: Path) -> None:
    with closing(open_dataset(f"parquet://{folder}")) as dataset:
        explorer = Explorer(dataset)
        numbers = [row["number"] for row in explorer.rows().to_dict("records")]
        assert numbers == list(range(1_200))
        page = explorer.table_rows(explorer.query(colour="red", page=3, per_page=5))
        wanted = pl.concat([pots(0), pots(400), pots(800)]).filter(pl.col("colour") == "red")
        assert [row["number"] for row in page] == wanted["number"].to_list()[10:15]


def test_ties_of_a_sort_stay_in_the_order_of_the_files(folder: Path) -> None:
    with closing(open_dataset(f"parquet://{folder}")) as dataset:
        explorer = Explorer(dataset)
        rows = explorer.rows(explorer.query(sort="-height")).to_dict("records")
        whole = pl.concat([pots(0), pots(400), pots(800)])
        wanted = whole.sort("height", descending=True, nulls_last=True, maintain_order=True)
        assert [row["number"] for row in rows] == wanted["number"].to_list()


def test_many_values_of_a_column_keep_the_order(folder: Path) -> None:
    """As a condition of several values they would be joined, and come in any order."""
    for file in folder.iterdir():
        letters = (pl.col("number") % 12).cast(pl.String)
        pl.read_parquet(file).with_columns(letter=letters).write_parquet(file)
    with closing(open_dataset(f"parquet://{folder}")) as dataset:
        explorer = Explorer(dataset)
        asked = explorer.query(letter=[str(place) for place in range(0, 12, 2)])
        for _ in range(30):
            found = [row["number"] for row in explorer.rows(asked).to_dict("records")]
            assert found == list(range(0, 1_200, 2))


@pytest.mark.parametrize("place", ["", "/*.parquet", "/**/*.parquet"])
def test_a_folder_or_a_pattern(folder: Path, place: str) -> None:
    with closing(open_dataset(f"parquet://{folder}{place}")) as dataset:
        assert (len(dataset), dataset.schema.title) == (1_200, "Pots")


@pytest.mark.parametrize("place", ["", "/*.parquet"])
def test_the_file_beside_describes_it(folder: Path, place: str) -> None:
    (folder.parent / "pots.toml").write_text('title = "Old pots"\n[columns.height]\nunit = "cm"\n')
    with closing(open_dataset(f"parquet://{folder}{place}")) as dataset:
        assert dataset.schema.title == "Old pots"
        assert dataset.schema.measure("height").unit == "cm"


def test_one_file(folder: Path) -> None:
    with closing(open_dataset(f"parquet://{folder}/1.parquet")) as dataset:
        assert len(dataset) == 400
        assert Explorer(dataset).table_rows(Explorer(dataset).query())[0]["number"] == 400


def test_what_programs_write_for_themselves_is_none_of_it(folder: Path) -> None:
    for name in ("_temporary", ".old"):
        (folder / name).mkdir()
        pots(0).write_parquet(folder / name / "a.parquet")
        pots(0).write_parquet(folder / f"{name}.parquet")
    with closing(open_dataset(f"parquet://{folder}")) as dataset:
        assert len(dataset) == 1_200


def test_the_names_of_folders_are_columns(tmp_path: Path) -> None:
    for year in (2024, 2025):
        (tmp_path / f"year={year}").mkdir()
        pots(year).write_parquet(tmp_path / f"year={year}" / "a.parquet")
    with closing(open_dataset(f"parquet://{tmp_path}")) as dataset:
        explorer = Explorer(dataset)
        assert "year" in dataset.schema.names
        assert explorer.count(explorer.query(where={"year": {"from": 2025, "to": 2025}})) == 400


@pytest.mark.parametrize(
    "texts",
    [
        ["2024", "2025"],
        ["01", "10"],
        ["1.50", "2"],
        ["true", "false"],
        ["2024-01-01", "2024-01-02"],
        ["2024-01-01 10%3A00%3A00", "2024-01-01 11%3A30%3A00"],
        ["", "x"],
        ["", "7"],
        ["a%2Fb", "K%C3%B6ln"],
        ["7", "__HIVE_DEFAULT_PARTITION__"],
        ["x", "__HIVE_DEFAULT_PARTITION__"],
        ["007", "x"],
    ],
)
def test_the_names_of_folders_say_what_they_say_in_memory(tmp_path: Path, texts: list[str]) -> None:
    """Numbers with zeros before them, true/false and times were text, and nothing was a text."""
    place = tmp_path / "run=5"
    for text in texts:
        (place / f"c={text}").mkdir(parents=True)
        pl.DataFrame({"n": [1, 2]}).write_parquet(place / f"c={text}" / "a.parquet")
    wanted = read_source(place).frame
    with closing(open_dataset(f"parquet://{place}?kept=")) as dataset:
        found = dataset.page(Query()).select("n", "c").to_polars()
        assert dataset.schema.names == ("n", "c")
        assert found["c"].to_list() == wanted["c"].to_list()
        assert found["c"].dtype == wanted["c"].dtype or not wanted["c"].count()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["c=1/a", "b"], "its folders name 'c', and those of"),
        (["c=a=b/a", "c=1/a"], "the names of folders say of 'c' what DuckDB"),
        (["N=1/a", "N=2/a"], "columns 'n' and 'N' are one to DuckDB"),
        (["c=1,234/a", "c=5/a"], "the names of folders say of 'c' what DuckDB"),
    ],
)
def test_names_of_folders_that_are_read_otherwise_are_one_line(
    tmp_path: Path, files: list[str], words: str
) -> None:
    """The column was not there, unsaid."""
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pl.DataFrame({"n": [1, 2]}).write_parquet(tmp_path / f"{name}.parquet")
    with pytest.raises(DatasetError, match=words) as caught:
        open_dataset(f"parquet://{tmp_path}?kept=")
    assert str(caught.value).startswith(f"parquet://{tmp_path}")


def test_a_key_of_folders_stands_in_the_place_of_a_column(tmp_path: Path) -> None:
    for year in ("01", "02"):
        (tmp_path / f"year={year}").mkdir()
        frame = pl.DataFrame({"year": [7.5, 8.5], "n": [1, 2]})
        frame.write_parquet(tmp_path / f"year={year}" / "a.parquet")
    with closing(open_dataset(f"parquet://{tmp_path}?kept=")) as dataset:
        assert dataset.schema.names == ("year", "n")
        assert Explorer(dataset).rows()["year"].to_list() == [1, 1, 2, 2]


def test_a_condition_on_a_key_reads_the_files_of_it_alone(tmp_path: Path) -> None:
    for year in ("01", "02"):
        (tmp_path / f"year={year}").mkdir()
        pl.DataFrame({"n": [1, 2]}).write_parquet(tmp_path / f"year={year}" / "a.parquet")
    engine = open_engine(engine_address(f"parquet://{tmp_path}?kept="), folder_keys)
    with closing(engine):
        asked = nw.to_native(engine.table().filter(nw.col("year") == 2)).sql_query()
        plan = engine._cursor().execute(f"EXPLAIN ANALYZE {asked}").fetchall()[0][1]
    assert "Scanning Files: 1/2" in plan


def test_a_column_of_places_rules(tmp_path: Path) -> None:
    """As `load` writes it for engines that keep no order."""
    frame = pl.DataFrame({"height": [3.5, 1.5, 2.5], "_row": [2, 0, 1]})
    frame.write_parquet(tmp_path / "a.parquet")
    with closing(open_dataset(f"parquet://{tmp_path}/a.parquet")) as dataset:
        rows = Explorer(dataset).rows().to_dict("records")
        assert [row["height"] for row in rows] == [1.5, 2.5, 3.5]


def test_a_second_start_asks_for_nothing(folder: Path, tmp_path: Path, asked: list[str]) -> None:
    url = f"parquet://{folder}?kept={tmp_path}/kept"
    first = made_ready(url)
    assert asked
    assert first.rollup is not None
    asked.clear()
    second = made_ready(url)
    assert asked == []
    assert second.schema_record() == first.schema_record()
    assert second.dataset.fingerprint == first.dataset.fingerprint
    assert second.rollup is not None
    assert second.rollup.n is not None
    assert first.rollup.n is not None
    assert second.rollup.n.tolist() == first.rollup.n.tolist()


def test_a_new_file_costs_only_itself(folder: Path, tmp_path: Path, asked: list[str]) -> None:
    url = f"parquet://{folder}?kept={tmp_path}/kept"
    before = made_ready(url)
    of_parts = {file.digest for file in open_files(url)}
    of_whole = [content for content in asked if content not in of_parts]
    asked.clear()
    # Within the extremes that are known, so that sliders stay as they are.
    pots(800).with_columns(number=pl.lit(7, pl.Int64)).write_parquet(folder / "3.parquet")
    after = made_ready(url)
    parts = {file.digest for file in open_files(url)}
    old = {file.digest for file in open_files(url)[:3]}
    assert parts > old
    assert not old & set(asked)
    assert len([content for content in asked if content not in parts]) == len(of_whole)
    assert len(after.dataset) == len(before.dataset) + 400
    assert after.dataset.fingerprint != before.dataset.fingerprint


def open_files(url: str) -> list[Any]:
    with closing(open_dataset(url)) as dataset:
        engine = dataset.engine  # type: ignore[attr-defined]
        return list(engine._files)


@pytest.mark.parametrize("files", [1, 3])
def test_a_file_that_changes_is_asked_again(
    folder: Path, tmp_path: Path, asked: list[str], files: int
) -> None:
    """Though it is as long, and says the same at its end."""
    for place in range(files, 3):
        (folder / f"{place}.parquet").unlink()
    plainly: dict[str, Any] = {"compression": "uncompressed", "statistics": False}
    frame = pl.read_parquet(folder / "0.parquet")
    frame.write_parquet(folder / "0.parquet", **plainly)
    url = f"parquet://{folder}?kept={tmp_path}/kept"
    first = made_ready(url)
    before = first.group_means(first.query())
    frame.with_columns(pl.col("height").reverse()).write_parquet(folder / "0.parquet", **plainly)
    asked.clear()
    made_ready(url)
    assert asked
    with closing(open_dataset(url)) as dataset:
        explorer = Explorer(dataset)
        scanned = Scan(dataset).means(explorer.query(), explorer.group_facet(explorer.query()))
        found = explorer.group_means(explorer.query())
    assert [mean.n for mean in found] == [mean.n for mean in scanned]
    for mean, scan in zip(found, scanned, strict=True):
        assert mean.means == pytest.approx(scan.means)
    assert [mean.means for mean in found] != [mean.means for mean in before]


def test_values_are_counted_over_all_parts(folder: Path) -> None:
    whole = pl.concat([pots(0), pots(400), pots(800)])
    wanted = dict(whole["colour"].value_counts().iter_rows())
    engine = ParquetInPlace(address_of(f"parquet://{folder}?kept="))
    with closing(engine):
        parts = [(part.table(), part.collect) for part in engine.parts()]
        facts = EngineFacts(engine.table(), engine.collect, parts=parts)
        assert len(parts) == 3
        assert facts.counts("colour", 10) == wanted
        assert facts.counts("number", 10).keys() > {None}
        assert facts.distinct("number", 10) == 11
        assert facts.has_missing("height")
        assert not facts.has_missing("width")


def address_of(url: str) -> Address:
    address = engine_address(url)
    assert address is not None
    return address


@pytest.mark.usefixtures("asked")
def test_parts_are_added_up(folder: Path) -> None:
    """Rolled up file by file: the same figures as of the whole; Polars has the schema's."""
    whole = pl.concat([pots(0), pots(400), pots(800)])
    with closing(open_dataset(f"parquet://{folder}?kept=")) as dataset:
        memory = open_dataset(whole)
        for name in ("height", "width"):
            ours, theirs = dataset.schema.measure(name), memory.schema.measure(name)
            assert (ours.low, ours.high, ours.step) == (theirs.low, theirs.high, theirs.step)
        assert dataset.schema.facet("colour").values == memory.schema.facet("colour").values
        explorer, other = Explorer(dataset), Explorer(memory)
        assert explorer.rollup is not None
        assert explorer.rollup.n is not None
        assert explorer.rollup.n.sum() == 1_200
        for asked in ({}, {"colour": ["red"]}, {"lower": {"height": 18.0}, "by": "colour"}):
            ours = explorer.group_moments(explorer.query(**asked))
            theirs = other.group_moments(other.query(**asked))
            assert [(m.group, m.n) for m in ours] == [(m.group, m.n) for m in theirs]
            for one, two in zip(ours, theirs, strict=True):
                assert one.means == pytest.approx(two.means)
                assert one.deviations == pytest.approx(two.deviations)


def test_nothing_is_kept_where_nobody_wants_it(folder: Path, asked: list[str]) -> None:
    url = f"parquet://{folder}?kept="
    made_ready(url)
    often = len(asked)
    made_ready(url)
    assert len(asked) == 2 * often


def test_it_is_usually_kept_where_programs_keep_such(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made_ready(f"parquet://{folder}")
    assert list((tmp_path / "cache" / "iris_dash").glob("*.arrow"))


def test_a_folder_that_cannot_be_written_keeps_nothing(
    folder: Path, tmp_path: Path, asked: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file")
    assert len(made_ready(f"parquet://{folder}?kept={tmp_path}/kept/below").dataset) == 1_200
    assert caplog.text.count("keeps no answers") == 1


def test_a_folder_may_be_there_to_be_read_alone(
    folder: Path, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"parquet://{folder}?kept={tmp_path}/kept"
    made_ready(url)
    asked.clear()

    def refuse(*given: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("iris_dash.engines.kept_answers.os.utime", refuse)
    made_ready(url)
    assert asked == []


def test_what_is_kept_and_damaged_is_asked_again(
    folder: Path, tmp_path: Path, asked: list[str]
) -> None:
    url = f"parquet://{folder}?kept={tmp_path}/kept"
    made_ready(url)
    often = len(asked)
    for file in (tmp_path / "kept").iterdir():
        file.write_bytes(file.read_bytes()[:50])
    made_ready(url)
    assert len(asked) == 2 * often


def test_whatever_byte_is_damaged_it_is_read_or_asked(tmp_path: Path) -> None:
    kept, frame = KeptAnswers(tmp_path), pots(0, 30)
    kept.answer("asked", lambda: frame)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert isinstance(kept.answer("asked", lambda: frame), pl.DataFrame)


def test_a_kept_file_that_is_gone_meanwhile_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Another server may delete what is old at the same time."""
    (tmp_path / "gone.arrow").symlink_to(tmp_path / "nowhere")
    kept = KeptAnswers(tmp_path)
    for asked in ("one", "two"):
        kept.answer(asked, lambda: pots(0))
    assert caplog.text == ""
    assert len([file for file in tmp_path.iterdir() if file.is_file()]) == 2


def test_what_nobody_asks_for_is_deleted(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for name, days in (("old.arrow", KEPT_DAYS + 1), ("new.arrow", KEPT_DAYS - 1), ("o.txt", 99)):
        (kept / name).write_text("")
        then = time.time() - days * 86_400
        os.utime(kept / name, (then, then))
    made_ready(f"parquet://{folder}?kept={kept}")
    assert not (kept / "old.arrow").exists()
    assert (kept / "new.arrow").exists()
    assert (kept / "o.txt").exists()


def test_what_is_asked_for_again_stays(folder: Path, tmp_path: Path, asked: list[str]) -> None:
    kept = tmp_path / "kept"
    url = f"parquet://{folder}?kept={kept}"
    made_ready(url)
    then = time.time() - (KEPT_DAYS + 1) * 86_400
    for file in kept.iterdir():
        os.utime(file, (then, then))
    made_ready(url)
    (kept / "old.arrow").write_text("")
    os.utime(kept / "old.arrow", (then, then))
    made_ready(f"parquet://{folder}/0.parquet?kept={kept}")  # writes, and so deletes
    assert not (kept / "old.arrow").exists()
    asked.clear()
    made_ready(url)
    assert asked == []


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "a.parquet")
    (tmp_path / "text" / "a.parquet").write_text("height\n1.5\n")
    (tmp_path / "cut").mkdir()
    pots(0).write_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut" / "a.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "a.parquet").write_bytes(whole[:-208] + b"\xff" * 200 + whole[-8:])
    (tmp_path / "unlike").mkdir()
    pots(0).write_parquet(tmp_path / "unlike" / "a.parquet")
    pots(0).drop("width").write_parquet(tmp_path / "unlike" / "b.parquet")
    (tmp_path / "types").mkdir()
    pots(0).write_parquet(tmp_path / "types" / "a.parquet")
    pots(0).cast({"number": pl.Int32}).write_parquet(tmp_path / "types" / "b.parquet")
    return tmp_path


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("none", "there is no Parquet file"),
        ("none.parquet", "there is no Parquet file"),
        ("empty", "there is no Parquet file"),
        ("empty/*.parquet", "there is no Parquet file"),
        ("text", "text/a.parquet: is no Parquet file"),
        ("pipe", "pipe/a.parquet: is a pipe"),
        ("pipe/a.parquet", "pipe/a.parquet: is a pipe"),
        ("cut", "cut/a.parquet: is no Parquet file"),
        ("torn", "torn/a.parquet: is no Parquet file"),
        ("unlike", "column 'width' is double in "),
        ("types", "column 'number' is int64 in "),
    ],
)
def test_what_cannot_be_opened_is_one_line(odd: Path, place: str, reason: str) -> None:
    with pytest.raises(DatasetError) as error:
        open_dataset(f"parquet://{odd}/{place}")
    assert reason in str(error.value)
    assert str(error.value).startswith(f"parquet://{odd}/{place}: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "question",
    [{}, {"sort": "-height,colour"}, {"colour": ["red", "blue"], "lower": {"height": 20.0}}],
)
def test_its_sql_gives_its_rows(folder: Path, question: dict[str, Any]) -> None:
    url = f"parquet://{folder}"
    with closing(open_dataset(url)) as dataset, duckdb.connect() as connection:
        explorer = Explorer(dataset)
        query = explorer.query(**question)
        text = forms(explorer, query, "http://host", url)["SQL"]
        found = connection.sql(text).pl()
        assert found.columns == list(dataset.schema.names)
        wanted = [row["number"] for row in explorer.rows(query).to_dict("records")]
        assert found["number"].to_list() == wanted
