"""Flights like those that left New York in 2013, by plain Python: never through iris_dash."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

COUNT = 8_086
CARRIERS = ["UA", "B6", "EV", "DL", "AA", "MQ", "US", "9E", "WN", "VX", "FL", "AS", "F9", "YV"]
CARRIERS += ["HA", "OO"]
WEIGHTS = [58, 54, 54, 48, 33, 26, 20, 18, 12, 5, 3, 1, 1, 1, 1, 1]
ORIGINS = ("EWR", "JFK", "LGA")
HOURS = [*range(5, 24)]

Flight = dict[str, Any]


def _codes(random: Random, count: int, made: Any) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[made(random)] = None
    return [*found]


def _airport(random: Random) -> str:
    return "".join(random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(3))


def _tail(random: Random) -> str:
    return f"N{min(random.randrange(10_000, 99_999) for _ in range(2))}"


def make_flights(count: int = COUNT) -> list[Flight]:
    """Return flights of the columns and the numbers of values that those of New York have.

    Beside them stands a gate, of which there are four hundred.
    """
    random = Random(2013)
    dests = ["LAX", "ATL", *_codes(random, 103, _airport)]
    tails = ["N14228", *_codes(random, 4_042, _tail)]
    begin, flights = datetime(2013, 1, 1), []
    for number in range(count):
        day = begin + timedelta(days=number * 365 // count)
        hour, minute = random.choice(HOURS), random.randrange(60)
        gone = random.random() > 0.025
        late = round(random.gauss(5, 20)) if random.random() < 0.9 else random.randrange(400)
        arrived = gone and random.random() > 0.003
        miles = 80 + 45 * random.randrange(110)
        left = (hour * 60 + minute + late) % 1440
        landed = (left + miles // 8) % 1440
        flights.append(
            {
                "year": 2013,
                "month": day.month,
                "day": day.day,
                "dep_time": left // 60 * 100 + left % 60 if gone else None,
                "sched_dep_time": hour * 100 + minute,
                "dep_delay": late if gone else None,
                "arr_time": landed // 60 * 100 + landed % 60 if arrived else None,
                "sched_arr_time": (hour * 60 + minute + miles // 8) % 1440 // 60 * 100 + minute,
                "arr_delay": late + random.randrange(-30, 20) if arrived else None,
                "carrier": random.choices(CARRIERS, WEIGHTS)[0],
                "flight": random.randrange(1, 6_200),
                "tailnum": tails[number % 4_043] if random.random() > 0.007 else None,
                "origin": random.choice(ORIGINS),
                "dest": dests[int(105 * random.random() ** 2)],
                "air_time": miles // 8 if arrived else None,
                "distance": miles,
                "hour": hour,
                "minute": minute,
                "time_hour": day + timedelta(hours=hour),
                "gate": f"G{random.randrange(400):03}",
            }
        )
    return flights


def write_flights(path: Path, flights: list[Flight]) -> None:
    """Write flights as their agency does: moments in UTC, nothing where there is none."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*flights[0]])
        writer.writeheader()
        for flight in flights:
            moment = flight["time_hour"].strftime("%Y-%m-%dT%H:%M:%SZ")
            writer.writerow(flight | {"time_hour": moment})


def asked(flight: Flight) -> bool:
    """Whether a flight is one of the sentence.

    United or American, not to Los Angeles, June to August, departures between six and nine or
    after four, tail numbers that begin with N1, arrival delay missing or at most zero, at weekends.
    """
    return (
        flight["carrier"] in ("UA", "AA")
        and flight["dest"] != "LAX"
        and 6 <= flight["time_hour"].month <= 8
        and (6 <= flight["hour"] <= 9 or flight["hour"] >= 16)
        and (flight["tailnum"] or "").startswith("N1")
        and (flight["arr_delay"] is None or flight["arr_delay"] <= 0)
        and flight["time_hour"].weekday() >= 5
    )
