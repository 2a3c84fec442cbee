"""Generated tables, seeded: flowers, pickings, titles, visits, codes, departures, many sensors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from iris_dash.config.settings import DEFAULT_DATA

ROWS = 10_000_000
SEED = 20_261_124
NOISE = 0.1
SITES = ("north", "east", "south", "west")
DEPARTURES = 336_776


def flowers(rows: int = ROWS, measured: bool = True, seed: int = SEED) -> pl.DataFrame:
    """Return flowers drawn from Fisher's with normal noise of 0.1 cm; lengths in cm, at least 0.1.

    Measured: rounded to 0.1 cm, as flowers are measured. Frame: `rows` rows, four lengths, species.
    """
    iris = pl.read_csv(Path(DEFAULT_DATA))
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(iris), rows)
    columns: dict[str, pl.Series] = {}
    for name in iris.columns[:4]:
        values = iris[name].to_numpy()[drawn] + random.normal(0, NOISE, rows)
        values = np.maximum(np.round(values, 1) if measured else values, 0.1)
        columns[name] = pl.Series(name, values)
    species = iris["species"].cast(pl.Enum(["setosa", "versicolor", "virginica"]))
    columns["species"] = species.gather(drawn)
    return pl.DataFrame(columns)


def pickings(rows: int = ROWS, seed: int = SEED) -> pl.DataFrame:
    """Return measured flowers, each with one of four sites and a second of a year.

    Frame: `rows` rows, four lengths in cm, species, site, picked.
    """
    random = np.random.default_rng(seed)
    sites = pl.Series(SITES, dtype=pl.Enum(SITES))
    seconds = random.integers(0, 365 * 86_400, rows).astype("m8[s]")
    return flowers(rows, seed=seed).with_columns(
        site=sites.gather(random.integers(0, len(SITES), rows)),
        picked=np.datetime64("2013-01-01T00:00:00", "us") + seconds,
    )


def titles(rows: int = ROWS, seed: int = SEED) -> pl.DataFrame:
    """Return titles of a word, a kind and a number, about a third of them of a kind of their own.

    Frame: `rows` rows.
    """
    random = np.random.default_rng(seed)
    words = pl.Series(["Blue", "Old", "Little", "Last", "Hidden", "Long", "Silver", "Green"])
    kinds = pl.Series(["Harbour", "Garden", "Winter", "River", "Letter", "Road"])
    number = pl.Series(random.integers(0, rows // 3 + 1, rows)).cast(pl.String)
    drawn = [of.gather(random.integers(0, len(of), rows)) for of in (words, kinds)]
    return pl.DataFrame({"title": drawn[0] + " " + drawn[1] + " " + number})


def visits(rows: int = ROWS, seed: int = SEED) -> pl.DataFrame:
    """Return visits of a year to 304 places.

    Frame: `rows` rows of a time to the second, a place, a note that a fifth have not, the minutes
    of delay, which some have not, and the metres to it, as whole numbers.
    """
    random = np.random.default_rng(seed)
    seconds = random.integers(0, 365 * 86_400, rows).astype("m8[s]")
    places = np.array(
        ["Bonn", "Oslo", "Newark Liberty", "Quito", *(f"stop {i}" for i in range(300))]
    )
    frame = pl.DataFrame(
        {
            "time": np.datetime64("2013-01-01T00:00:00", "us") + seconds,
            "place": places[random.integers(0, len(places), rows)],
            "note": np.char.add("N", random.integers(10_000, 99_999, rows).astype(str)),
            "delay": random.integers(-30, 400, rows),
            "distance": random.integers(80, 5_000, rows),
        }
    )
    written, known = (pl.Series(random.random(rows) > share) for share in (0.2, 0.02))
    return frame.with_columns(pl.when(written).then("note"), pl.when(known).then("delay"))


def codes(rows: int = ROWS, distinct: int = 100_000, seed: int = SEED) -> pl.DataFrame:
    """Return a column of codes, so many different ones, each as likely. Frame: `rows` rows."""
    drawn = np.random.default_rng(seed).integers(0, distinct, rows)
    return pl.DataFrame({"code": pl.Series([f"N{i:05d}" for i in range(distinct)]).gather(drawn)})


def departures(rows: int = DEPARTURES, seed: int = SEED) -> pl.DataFrame:
    """Return a year of departures from three airports, in the shape of the nycflights13 table.

    Frame: `rows` rows of 19 columns in the order of time: dates and times of day as whole numbers,
    delays in minutes with gaps, codes as text, distances in miles, and a time.
    """
    random = np.random.default_rng(seed)
    day = np.sort(random.integers(0, 365, rows))
    hour, minute = random.integers(5, 24, rows), random.integers(0, 12, rows) * 5
    hours = np.datetime64("2013-01-01T00", "us") + day * np.timedelta64(1, "D").astype("m8[us]")
    carriers = np.array(["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA"])
    to = random.integers(0, 105, rows)
    distance = np.round(random.gamma(2.4, 430, 105) + 80)[to]
    late = np.where(random.random(rows) < 0.2, random.exponential(60, rows), 0)
    delay = np.round(late + random.normal(-4, 5, rows))
    arrival, in_air = delay + np.round(random.normal(-6, 14, rows)), np.round(distance / 7.4 + 18)
    frame = pl.DataFrame({"time_hour": hours + hour * np.timedelta64(1, "h").astype("m8[us]")})
    frame = frame.select(
        year=pl.col("time_hour").dt.year().cast(pl.Int64),
        month=pl.col("time_hour").dt.month().cast(pl.Int64),
        day=pl.col("time_hour").dt.day().cast(pl.Int64),
        dep_time=hour * 100 + (minute + np.maximum(late, 0).astype(int)) % 60,
        sched_dep_time=hour * 100 + minute,
        dep_delay=delay,
        arr_time=(hour * 100 + 245) % 2400 + random.integers(0, 60, rows),
        sched_arr_time=(hour * 100 + 230) % 2400 + minute,
        arr_delay=arrival,
        carrier=carriers[random.integers(0, len(carriers), rows)],
        flight=random.integers(1, 6_200, rows),
        tailnum=np.char.add("N", random.integers(10_000, 14_043, rows).astype(str)),
        origin=np.array(["EWR", "JFK", "LGA"])[random.integers(0, 3, rows)],
        dest=np.char.add("A", (100 + to).astype(str)),
        air_time=in_air,
        distance=distance.astype(int),
        hour=hour,
        minute=minute,
        time_hour=pl.col("time_hour"),
    )
    gaps = ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time")
    flown = pl.Series(random.random(rows) > 0.0245)
    return frame.with_columns(pl.when(flown).then(pl.col(name)) for name in gaps)


def sensors(rows: int = 150, measures: int = 400, facets: int = 40) -> pl.DataFrame:
    """Return a table of many columns: states of three values each, then whole numbers."""
    random = np.random.default_rng(SEED)
    states = np.array(list("abc"))
    columns = {f"state_{n}": states[random.integers(0, 3, rows)] for n in range(facets)}
    numbers = {f"sensor_{n:03}": random.integers(0, 120, rows) + n for n in range(measures)}
    return pl.DataFrame(columns | numbers)
