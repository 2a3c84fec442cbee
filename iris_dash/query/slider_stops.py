"""The stops of a time's slider: each a unit of the calendar, with the texts of its two ends."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from iris_dash.query.calendar import SECONDS, unit_place
from iris_dash.query.moments import end_text, in_zone, start_text
from iris_dash.query.schema import Time, Unit
from iris_dash.query.stops import clock_at, next_start, unit_starts

COARSER = {"decade": "year", "century": "year"}
"""Units that no grouping has are told by a finer one."""

ENDLESS = 2**53
"""The place of what is behind the last unit where no calendar has one."""

LONGEST_RETURN = timedelta(hours=26)
"""No clock has gone back further: Alaska's by a day and an hour or two, when it was sold."""


@dataclass(frozen=True)
class SliderStops:
    """Where a time's slider stands: at one of at least two units, from the first to the last.

    `starts`: when each begins, ascending; `after`: when the one behind the last would, None where
    no calendar has it. On the column's clock, in UTC where it has a zone. `places`: the units that
    begin then by their number, as groupings have them (see `place_unit`), and of the one behind.
    """

    time: Time
    starts: tuple[datetime, ...]
    after: datetime | None
    places: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def place_unit(self) -> str:
        """The unit by whose places rows are grouped."""
        return COARSER.get(self.time.unit, self.time.unit)

    @property
    def first_texts(self) -> list[str]:
        """The shortest text of each stop's beginning."""
        return [start_text(start, self.time.zone) for start in self.starts]

    @property
    def last_texts(self) -> list[str]:
        """The shortest text of what ends with each stop; of a last one without an end its own."""
        ends = [*self.starts[1:], self.after]
        zone = self.time.zone
        return [
            start_text(start, zone) if end is None else end_text(end, zone)
            for start, end in zip(self.starts, ends, strict=True)
        ]

    def stop_of(self, moment: datetime) -> int:
        """Return the stop that a moment lies in; -1 before the first, their number behind all."""
        if self.after is not None and moment >= self.after:
            return len(self)
        return bisect_right(self.starts, moment) - 1

    def position(self, moment: datetime) -> float:
        """Return where a moment lies on the slider, where stop k has the room from k - ½ to k + ½.

        >>> days = Time("d", "D", "d", low=datetime(2013, 1, 1), high=datetime(2013, 1, 9))
        >>> slider_stops(days).position(datetime(2013, 1, 2, 12))
        1.0
        """
        at = self.stop_of(moment)
        if not 0 <= at < len(self):
            return -0.5 if at < 0 else len(self) - 0.5
        end = self.starts[at + 1] if at + 1 < len(self) else self.after
        passed = (moment - self.starts[at]) / (end - self.starts[at]) if end else 0.0
        return at - 0.5 + passed


@lru_cache(maxsize=256)
def slider_stops(time: Time) -> SliderStops | None:
    """Return where a time's slider stands; None for one that has none.

    That has fewer than two units, or a clock that goes back from one unit into another: no two
    moments then bound all that it shows as one of them.

    >>> years = {"low": datetime(2013, 5, 1), "high": datetime(2014, 1, 1), "unit": "year"}
    >>> found = slider_stops(Time("d", "D", "d", **years))
    >>> found.first_texts, found.places[:2]
    (['2013', '2014'], (2013, 2014))
    """
    if time.low is None or time.high is None:
        return None
    zone = ZoneInfo(time.named_zone) if time.named_zone else None
    first, last = (clock_at(end, time.zone) for end in (time.low, time.high))
    shown = unit_starts(first, last, time.unit)
    behind = next_start(shown[-1], time.unit)
    if time.is_of_day and behind is not None and behind.date() > shown[-1].date():
        behind = None
    clocks = [*shown, *([] if behind is None else [behind])]
    begins = [in_zone(c.replace(tzinfo=zone), UTC) if zone else c for c in clocks]
    places = [_place(clock, COARSER.get(time.unit, time.unit)) for clock in clocks]
    # What a clock leaves out begins when the next does.
    kept = [i for i in range(len(begins)) if i + 1 == len(begins) or begins[i] < begins[i + 1]]
    begins, places = [begins[i] for i in kept], [places[i] for i in kept]
    begun = zip(begins, (clocks[i] for i in kept), strict=True)
    if zone and any(_returns(begin, clock, zone, time.unit) for begin, clock in begun):
        return None
    starts = begins if behind is None else begins[:-1]
    if len(starts) < 2:
        return None
    # The last moment that a calendar has is no end.
    is_endless = behind is None or begins[-1].replace(tzinfo=None) == datetime.max
    after, end = (None, ENDLESS) if is_endless else (begins[-1], places[-1])
    return SliderStops(time, tuple(starts), after, (*places[: len(starts)], end))


def _place(clock: datetime, unit: str) -> int:
    """Return a unit's number; see `unit_place`, which knows no seconds."""
    if unit == "second":
        return unit_place(clock, "minute") * SECONDS + clock.second
    return unit_place(clock, unit)


def _returns(begin: datetime, clock: datetime, zone: ZoneInfo, unit: Unit) -> bool:
    """Return whether a clock that has begun to show a unit goes back to one before it."""

    def offset(moment: datetime) -> timedelta:
        return in_zone(moment, zone).utcoffset() or timedelta(0)

    try:
        low, high = begin, begin + LONGEST_RETURN
        if offset(high) >= offset(low):
            return False
    except OverflowError:  # at the year 9999
        return False
    before = offset(low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if offset(middle) >= before else (low, middle)
    changed = in_zone(high.replace(microsecond=0), zone).replace(tzinfo=None)
    return unit_starts(changed, changed, unit)[0] < unit_starts(clock, clock, unit)[0]
